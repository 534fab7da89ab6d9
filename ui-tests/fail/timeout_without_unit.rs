//! A time without a unit says nothing.

use eventlet::green;

#[green(timeout = "5")]
fn work() -> std::io::Result<()> {
    Ok(())
}

fn main() {
    let _ = work();
}
