//! What `tpool::execute` runs is on a native thread, so it may block and is not rewritten.
#![deny(warnings)]

use eventlet::{green, tpool};

#[green]
fn list(path: String) -> std::io::Result<usize> {
    tpool::execute(move || std::fs::read_dir(path).map(|entries| entries.count()))
}

fn main() {
    assert!(list("/".to_owned()).unwrap() > 0);
}
