//! A time as a bare number.

use eventlet::green;

#[green(timeout = 5)]
fn work() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = work();
}
