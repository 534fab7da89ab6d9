//! What macros are called with, and the bodies of macros.

use super::{becomes, becomes_under, is_refused, stays};

#[test]
fn tokens_of_macro_calls() {
    becomes(
        r#"fn f() {
            println!("{}", std::net::Ipv4Addr::LOCALHOST);
            assert!(matches!(x, ::std::io::ErrorKind::Other), "{:?}", vec![std::thread::current()]);
            mine! {
                use std::{net::TcpStream, fmt};
                fn g() -> ::std::time::Duration { return ::std::time::Duration::ZERO; }
                for i in 0..std::time::Duration::MAX {}
            }
        }
        macro_rules! m { ($x:path) => { std::net::$x; use std::thread; } }"#,
        r#"fn f() {
            println!("{}", ::eventlet::green::net::Ipv4Addr::LOCALHOST);
            assert!(
                matches!(x, ::eventlet::green::io::ErrorKind::Other),
                "{:?}", vec![::eventlet::green::thread::current()]
            );
            mine! {
                use {std::{fmt}, ::eventlet::green::{net::TcpStream}};
                fn g() -> ::eventlet::green::time::Duration {
                    return ::eventlet::green::time::Duration::ZERO;
                }
                for i in 0..::eventlet::green::time::Duration::MAX {}
            }
        }
        macro_rules! m {
            ($x:path) => { ::eventlet::green::net::$x; use ::eventlet::green::thread; }
        }"#,
    );
}

#[test]
fn imports_with_macro_variables() {
    becomes(
        "macro_rules! m { ($t:ident, $m:ident) => {
            use std::{net::$t, io, fmt::{self, $t as other}, $m::x};
            use std::time::$t;
            use $crate::std::{net};
        } }",
        "macro_rules! m { ($t:ident, $m:ident) => {
            use {std::{fmt::{self, $t as other}, $m::x}, ::eventlet::green::{net::$t, io}};
            use ::eventlet::green::time::$t;
            use $crate::std::{net};
        } }",
    );
    is_refused(
        "macro_rules! m { ($t:ident) => { use std::{sync::mpmc::$t}; } }",
        &["std::sync::mpmc"],
    );
}

#[test]
fn imports_among_tokens_are_in_force_there() {
    is_refused(
        "fn f() { x! { use std::sync; sync::mpmc::f(); { sync::poison::f() } } }",
        &["std::sync::mpmc", "std::sync::poison"],
    );
    becomes(
        "fn f() {
            x! {
                use std as s;
                fn g() { s::thread::current(); use other::s; s::thread::current(); }
                mod m { fn g() { s::thread::current(); } use std as t; t::time::f(); }
                Field { s: ::std::time::f(), t::time::f() }
            }
        }",
        "fn f() {
            x! {
                use std as s;
                fn g() { s::thread::current(); use other::s; s::thread::current(); }
                mod m {
                    fn g() { s::thread::current(); } use std as t; ::eventlet::green::time::f();
                }
                Field { s: ::eventlet::green::time::f(), t::time::f() }
            }
        }",
    );
}

#[test]
fn thread_local_is_swapped_without_an_import() {
    becomes(
        "thread_local! { static X: std::net::IpAddr = x(); }
        fn f() { std::thread_local! { static Y: u8 = 1; } x!({ thread_local!(static Z: u8 = 1;); }); }
        use std::thread_local;
        macro_rules! m { ($x:ident) => { thread_local! { static $x: u8 = 1; } } }",
        "::eventlet::green::thread_local! { static X: ::eventlet::green::net::IpAddr = x(); }
        fn f() {
            ::eventlet::green::thread_local! { static Y: u8 = 1; }
            x!({ ::eventlet::green::thread_local!(static Z: u8 = 1;); });
        }
        use ::eventlet::green::thread_local;
        macro_rules! m {
            ($x:ident) => { ::eventlet::green::thread_local! { static $x: u8 = 1; } }
        }",
    );
}

#[test]
fn a_macro_of_the_users_is_left_alone() {
    stays("macro_rules! thread_local { () => {} } mod m { fn f() { thread_local!(); } }");
    stays("use other::thread_local; thread_local!(); fn f() { x!(thread_local! {}); }");
    stays("use other::mine as thread_local; fn f() { thread_local!(); }");
    stays("#[macro_use] mod m { macro_rules! thread_local { () => {} } } thread_local!();");
    stays("mod m { use other::thread_local; mod n { use super::*; thread_local!(); } }");
    stays("fn f() { x! { macro_rules! thread_local { () => {} } thread_local!(); } }");
    stays("other::thread_local! {} fn f() { x!(other::thread_local!(), thread_local != 1); }");
    becomes(
        "mod thread_local {} use other::thread_local as x; thread_local! {}",
        "mod thread_local {} use other::thread_local as x; ::eventlet::green::thread_local! {}",
    );
}

#[test]
fn paths_that_cannot_be_read_to_their_end_lead_to_a_patched_std() {
    let source = "macro_rules! m { ($($t:ident)* $m:ident) => {
        use ::std::{io, net::{$($t),*}};
        std::$m::spawn(); ::std::$m::spawn(); other::std::$m::f(); $crate::std::$m::f(); $std::$m;
    } }";
    let std = "::eventlet::__private::patched_std";
    let expected = source
        .replace("use ::std::{", &format!("use {std}::{{"))
        .replace(" std::$m::spawn(); ::std::$m", &format!(" {std}::$m::spawn(); {std}::$m"));
    becomes(source, &expected);
    becomes_under("only(net)", source, source);
    stays("mod std {} macro_rules! m { ($m:ident) => { std::$m::spawn() } }");
}
