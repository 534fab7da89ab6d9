//! A blocking call among the arguments of a macro.

use eventlet::green;

#[green]
fn show() {
    println!("{:?}", vec![std::fs::read_to_string("Cargo.toml")]);
}

fn main() {
    show();
}
