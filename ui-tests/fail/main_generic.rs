//! `main` and tests are called by nobody who could choose a type.

use eventlet::green;

#[green::main]
fn main<T>() {}

mod other {
    #[super::green::test]
    fn test<'a>() {}
}
