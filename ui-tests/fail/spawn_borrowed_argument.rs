//! A green thread outlives the call that starts it.

use eventlet::green;

#[green(spawn)]
fn length(prefix: &'static str, texts: Vec<&str>) -> usize {
    prefix.len() + texts.len()
}

fn main() {
    length("text", Vec::new());
}
