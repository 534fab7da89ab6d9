//! The type of the handle cannot be `GreenThread<!>`.

use eventlet::green;

#[green(spawn)]
fn serve() -> ! {
    loop {}
}

fn main() {
    let _: fn() -> ! = serve;
}
