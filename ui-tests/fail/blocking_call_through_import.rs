//! A blocking call that is named through an imported module.

use eventlet::green;

#[green]
fn ask() -> std::io::Result<String> {
    use std::io;
    use std::thread as threads;

    threads::park();
    io::read_to_string(io::stdin())
}

fn main() {
    let _ = ask();
}
