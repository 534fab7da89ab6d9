//! Items that have no code to rewrite.

use eventlet::green;

#[green]
const LIMIT: u8 = 1;

#[green]
static COUNT: u8 = 1;

#[green]
enum Shape {}

#[green]
union Bits {
    all: u8,
}

#[green]
type Number = u8;

#[green]
extern crate std as linked;

#[green]
unsafe extern "C" {}

#[green::main]
impl Shape {}

fn main() {}
