//! A name for a green thread that nobody starts.

use eventlet::green;

#[green(name = "worker")]
fn work() {}

fn main() {
    work();
}
