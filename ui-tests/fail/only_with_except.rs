//! `only` and `except` together.

use eventlet::green;

#[green(only(net), except(time))]
fn work() {}

fn main() {
    work();
}
