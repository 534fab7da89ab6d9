//! Whether an alias is a `Result` is for rustc to see.

use eventlet::green;

type Count = u8;

#[green(timeout = "1s")]
fn work() -> Count {
    1
}

fn main() {
    work();
}
