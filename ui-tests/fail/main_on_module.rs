//! Only a function can be `main`.

use eventlet::green;

#[green::main]
mod program {}

fn main() {}
