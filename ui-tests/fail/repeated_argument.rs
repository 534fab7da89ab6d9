//! An argument that is given twice.

use eventlet::green;

#[green(spawn, name = "a", name = "b")]
fn work() {}

fn main() {
    work();
}
