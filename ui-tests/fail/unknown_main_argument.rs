//! An argument of another macro.

use eventlet::green;

#[green::main(spawn)]
fn main() {}
