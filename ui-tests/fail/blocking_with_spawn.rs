//! A body runs in a green thread or in a native one.

use eventlet::green;

#[green(blocking, spawn)]
fn work() {}

fn main() {
    work();
}
