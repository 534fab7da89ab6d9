//! What `tpool::execute` runs is on a native thread, so it may block and is not rewritten.
#![deny(warnings)]

use eventlet::{green, tpool};

#[green]
fn list(path: String) -> std::io::Result<usize> {
    tpool::execute(move || std::fs::read_dir(path).map(|entries| entries.count()))
}

#[green]
fn show() -> String {
    format!("{:?}", tpool::execute(|| std::fs::metadata("/").is_ok()))
}

#[green]
fn through_a_swapped_import() -> i32 {
    use std::thread;
    tpool::execute(|| thread::scope(|scope| scope.spawn(|| 6 * 7).join().unwrap()))
}

fn main() {
    assert!(list("/".to_owned()).unwrap() > 0);
    assert_eq!(show(), "true");
    assert_eq!(through_a_swapped_import(), 42);
}
