//! A misspelt argument.

use eventlet::green;

#[green(spwan)]
fn work() {}

fn main() {
    work();
}
