//! A test has no arguments.

use eventlet::green;

#[green::test]
fn works(times: u8) {
    let _ = times;
}

fn main() {
    works(1);
}
