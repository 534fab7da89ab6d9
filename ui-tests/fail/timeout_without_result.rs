//! A timeout needs an error to return.

use eventlet::green;

#[green(timeout = "1s")]
fn work() -> Option<u8> {
    None
}

fn main() {
    work();
}
