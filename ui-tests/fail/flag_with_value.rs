//! A flag that is given a value.

use eventlet::green;

#[green(spawn = true)]
fn work() {}

fn main() {
    work();
}
