//! A blocking call that is named through an imported module.

use eventlet::green;

#[green]
fn ask() -> std::io::Result<String> {
    use std::io as input;

    input::read_to_string(input::stdin())
}

fn main() {
    let _ = ask();
}
