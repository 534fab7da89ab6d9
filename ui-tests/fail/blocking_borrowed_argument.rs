//! A native thread cannot borrow from a green one.

use eventlet::green;

#[green(blocking)]
fn length(text: &str) -> usize {
    text.len()
}

fn main() {
    length("text");
}
