//! Sizes that no stack can have.

use eventlet::green;

#[green(spawn, stack_size = "4KiB")]
fn small() {}

#[green(spawn, stack_size = 2_000_000_000)]
fn large() {}

#[green::main(stack_size = 0)]
fn main() {
    small();
    large();
}
