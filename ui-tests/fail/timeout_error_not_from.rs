//! The error type must be made from `TimedOut`.

use eventlet::green;

struct Failed;

#[green(timeout = "1s")]
fn work() -> Result<(), Failed> {
    Ok(())
}

fn main() {
    let _ = work();
}
