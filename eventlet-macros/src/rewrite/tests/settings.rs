//! What arguments change.

use super::becomes_under;

#[test]
fn only_and_except_select_modules() {
    let source = "fn f(a: std::net::IpAddr) { std::thread::sleep_until(); }";
    let expected = "fn f(a: ::eventlet::green::net::IpAddr) { std::thread::sleep_until(); }";
    becomes_under("only(net)", source, expected);
    becomes_under("except(thread)", source, expected);
}

#[test]
fn the_runtime_may_be_elsewhere() {
    becomes_under(
        r#"crate = "crate::rt""#,
        "use std::{io, fmt}; fn f() { std::thread::sleep(x!(::std::time::MAX)) }",
        "use {std::{fmt}, crate::rt::green::{io}};
        fn f() { crate::rt::green::thread::sleep(x!(crate::rt::green::time::MAX)) }",
    );
}
