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
    is_refused(
        "use std::*; fn f() { io::nothing_such(); thread::sleep_until(x); }",
        &["std::thread::sleep_until"],
    );
    is_refused("use std::sync::*; fn f(s: ReentrantLock) {}", &["std::sync::ReentrantLock"]);
    stays("use other::*; fn f(s: ReentrantLock) {}");
    becomes(
        "use std::sync::*; struct ReentrantLock; fn f(s: ReentrantLock) {}",
        "use ::eventlet::green::sync::*; struct ReentrantLock; fn f(s: ReentrantLock) {}",
    );
    becomes(
        "use std::sync::*; use other::ReentrantLock; fn f(s: ReentrantLock) {}",
        "use ::eventlet::green::sync::*; use other::ReentrantLock; fn f(s: ReentrantLock) {}",
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

#[test]
fn an_allowed_item_is_imported_beside_the_glob() {
    becomes_under(
        "allow(std::os::unix::thread)",
        "use std::os::unix::thread::*;",
        "#[allow(unused_imports)] use {
            ::eventlet::green::os::unix::thread::*,
            ::std::os::unix::thread::JoinHandleExt
        };",
    );
}
