//! A module that is not swapped.

use eventlet::green;

#[green(only(sockets))]
fn work() {}

fn main() {
    work();
}
