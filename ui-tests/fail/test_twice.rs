//! `#[green::test]` is a test already.

use eventlet::green;

#[green::test]
#[test]
fn works() {}

fn main() {}
