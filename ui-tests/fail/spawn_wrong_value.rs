//! A type error in a body points at the body.

use eventlet::green;

#[green(spawn)]
fn answer() -> u8 {
    "forty-two"
}

fn main() {
    answer();
}
