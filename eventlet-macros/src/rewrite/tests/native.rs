//! Parts that are not rewritten.

use super::{becomes, is_refused, stays};

#[test]
fn items_with_an_attribute_of_their_own_are_left_to_it() {
    stays(
        "#[green(blocking)] fn f() { std::sync::mpmc::f(x); }
        impl T { #[eventlet::green] fn f() { std::thread::sleep(d); } }
        #[green::test] fn t() { std::thread::sleep(d); }",
    );
}

#[test]
fn native_closures_are_left_alone() {
    stays("fn f() { eventlet::tpool::execute(|| std::sync::mpmc::f(x)); }");
}

#[test]
fn native_closures_among_tokens_are_left_alone() {
    stays("fn f() { println!(\"{:?}\", eventlet::tpool::execute(|| std::sync::mpmc::f(x))); }");
    is_refused("fn f() { x!(pool::execute(|| std::sync::mpmc::f(x))); }", &["std::sync::mpmc"]);
}

#[test]
fn native_parts_keep_what_the_mirror_lacks() {
    becomes(
        "use std::thread;
        fn f() { tpool::execute(|| thread::sleep_until(x)); x!(tpool::execute(|| thread::sleep_until(x))); }",
        "#[allow(unused_imports)] use ::eventlet::green::thread;
        fn f() {
            tpool::execute(|| ::std::thread::sleep_until(x));
            x!(tpool::execute(|| ::std::thread::sleep_until(x)));
        }",
    );
    becomes(
        "mod m {
            use std::thread; use std as s;
            #[green(blocking)] fn f() -> thread::Result<u8> { thread::current_id(); std::sync::mpmc::f(x); }
            impl T { #[green] fn g() { s::net::TcpStream::connect(x); } }
        }",
        "mod m {
            #[allow(unused_imports)] use ::eventlet::green::thread;
            #[allow(unused_imports)] use std as s;
            #[green(blocking)] fn f() -> thread::Result<u8> { ::std::thread::current_id(); std::sync::mpmc::f(x); }
            impl T { #[green] fn g() { ::std::net::TcpStream::connect(x); } }
        }",
    );
    stays("mod m { #[green(blocking)] fn f() { use std::thread; thread::sleep_until(); } }");
}
