//! `main` has no arguments.

use eventlet::green;

#[green::main]
fn main(arguments: Vec<String>) {
    drop(arguments);
}
