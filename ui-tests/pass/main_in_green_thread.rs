//! With a name or a stack size, the body of `main` is a green thread itself.
#![deny(warnings)]

use eventlet::green;

#[green::main(name = "first", stack_size = "256KiB")]
fn main() {
    assert_eq!(std::thread::current().name(), Some("first"));
}
