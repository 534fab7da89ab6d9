//! An attribute cannot see the file of a module.

use eventlet::green;

#[green]
mod import_ambiguous;

fn main() {}
