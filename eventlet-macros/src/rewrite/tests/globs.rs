//! Globs of std, and of modules around.

use super::{becomes, becomes_under, is_refused, stays};

#[test]
fn beside_a_glob_of_std_the_mirrors_are_imported() {
    becomes_under(
        "only(net, time)",
        "pub use std::*; fn f() -> net::IpAddr { x!(time::Instant::now()) }",
        "#[allow(unused_imports)]
        pub use {std::*, ::eventlet::green::net, ::eventlet::green::time};
        fn f() -> net::IpAddr { x!(time::Instant::now()) }",
    );
    // What is declared or imported comes before a glob anyway.
    becomes_under(
        "only(net, time)",
        "use std::*; use other::time; mod net {} fn f() { net::g(); }",
        "use std::*; use other::time; mod net {} fn f() { net::g(); }",
    );
    becomes_under(
        "only(time)",
        "use std::*; use ::std::*; fn f() { use std::*; }",
        "#[allow(unused_imports)] use {std::*, ::eventlet::green::time};
        use ::std::*;
        fn f() { #[allow(unused_imports)] use {std::*, ::eventlet::green::time}; }",
    );
    stays("use std::collections::*; use std::cell::*;");
}

#[test]
fn names_that_lead_to_mirrors_come_through_globs() {
    is_refused("use std::*; fn f() { thread::nothing_such(); io::stdin(); }", &["std::io::stdin"]);
    is_refused("use std::net::*; fn f(s: UdpSocket) {}", &["std::net::UdpSocket"]);
    stays("use other::*; fn f(s: UdpSocket) {}");
    becomes(
        "use std::net::*; struct UdpSocket; fn f(s: UdpSocket) {}",
        "use ::eventlet::green::net::*; struct UdpSocket; fn f(s: UdpSocket) {}",
    );
    becomes(
        "use std::net::*; use other::UdpSocket; fn f(s: UdpSocket) {}",
        "use ::eventlet::green::net::*; use other::UdpSocket; fn f(s: UdpSocket) {}",
    );
}

#[test]
fn an_allowed_item_is_imported_beside_the_glob() {
    becomes_under(
        "allow(std::net::UdpSocket)",
        "use std::net::*;",
        "#[allow(unused_imports)] use {::eventlet::green::net::*, ::std::net::UdpSocket};",
    );
}

#[test]
fn globs_of_modules_around_are_followed() {
    becomes(
        "mod m {
            use std as s;
            mod inner { use super::*; fn f() { s::thread::current(); x!(s::thread::current()); } }
            mod other { fn f() { s::thread::current(); } }
        }",
        "mod m {
            #[allow(unused_imports)] use std as s;
            mod inner {
                use super::*;
                fn f() {
                    ::eventlet::green::thread::current();
                    x!(::eventlet::green::thread::current());
                }
            }
            mod other { fn f() { s::thread::current(); } }
        }",
    );
    stays("mod m { mod std {} mod inner { use super::*; fn f() { std::net::f(); } } }");
}
