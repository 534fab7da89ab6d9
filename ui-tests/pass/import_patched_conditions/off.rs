//! Left out by its own file.
#![cfg(any())]

fn f() -> NoSuchType {}
