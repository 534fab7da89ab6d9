//! A timeout needs something to return.

use eventlet::green;

#[green(timeout = "1s")]
fn work() {}

fn main() {
    work();
}
