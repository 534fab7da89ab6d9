//! A blocking call among the arguments of a macro.

use eventlet::green;

#[green]
fn show() {
    println!("{:?}", vec![std::process::Command::new("true").status()]);
}

fn main() {
    show();
}
