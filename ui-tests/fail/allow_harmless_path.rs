//! A path that needs no permission.

use eventlet::green;

#[green(allow(std::collections))]
fn work() {}

fn main() {
    work();
}
