//! A size in a unit that does not exist.

use eventlet::green;

#[green(spawn, stack_size = "64k")]
fn work() {}

fn main() {
    work();
}
