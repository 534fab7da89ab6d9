//! A blocking body is not rewritten at all.

use eventlet::green;

#[green(blocking, only(net))]
fn work() {}

fn main() {
    work();
}
