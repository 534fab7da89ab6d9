//! The type of the handle must have a name.

use eventlet::green;

#[green(spawn)]
fn numbers() -> impl Iterator<Item = u8> {
    0..3
}

fn main() {
    numbers();
}
