//! A blocking call that is named through an imported module.

use eventlet::green;

#[green]
fn look() -> std::io::Result<String> {
    use std::fs as files;

    files::read_to_string("Cargo.toml")
}

fn main() {
    let _ = look();
}
