//! What has no green form, and what is allowed.

use super::{becomes, becomes_under, is_refused, rewrite};

#[test]
fn blocking_paths_are_refused_once() {
    is_refused("fn f() { std::sync::mpmc::f(x); }", &["std::sync::mpmc"]);
    is_refused("use std::sync::mpmc; fn f() { mpmc::f(x); }", &["std::sync::mpmc"]);
    is_refused("use std::{sync::mpmc::X, io}; fn f() { X::open(x); }", &["std::sync::mpmc"]);
    is_refused("fn f() { x!(std::sync::mpmc::f(x)); }", &["std::sync::mpmc"]);
    is_refused("fn f() { x! { use std::sync::mpmc; } }", &["std::sync::mpmc"]);
    is_refused(
        "use std::sync::mpmc::*;
        use std::sync::{Arc, ReentrantLock, BarrierWaitResult};
        fn f() -> std::thread::sleep_until {}",
        &["std::sync::mpmc", "std::sync::ReentrantLock", "std::thread::sleep_until"],
    );
}

#[test]
fn blocking_paths_are_seen_through_imports() {
    let sleep = &["std::thread::sleep_until"];
    is_refused("use std::thread; fn f() { thread::sleep_until(); }", sleep);
    is_refused("fn f() { use std::thread as t; { t::sleep_until(); } }", sleep);
    is_refused("use std::thread; fn f() { x!(thread::sleep_until()); }", sleep);
    is_refused("use std::sync::{self, Arc}; fn f() { sync::mpmc::f(); }", &["std::sync::mpmc"]);
    is_refused("use std::sync; use sync::{mpmc, Arc};", &["std::sync::mpmc"]);
    is_refused("use std as s; use s::sync as t; fn f() { t::mpmc::f(); }", &["std::sync::mpmc"]);
}

#[test]
fn a_module_does_not_see_imports_around_it() {
    becomes(
        "use std::thread; mod m { fn f() { thread::sleep_until(); } }",
        "use ::eventlet::green::thread; mod m { fn f() { thread::sleep_until(); } }",
    );
}

#[test]
fn allowed_paths_lead_to_std() {
    becomes_under(
        "allow(std::sync, std::thread::sleep_until)",
        "use std::thread;
        use std::{fmt, sync::{Arc, mpmc}};
        fn f() { thread::sleep_until(); x!(thread::sleep_until()); mpmc::f(x); thread::sleep(d); }",
        "#[allow(unused_imports)]
        use ::eventlet::green::thread;
        use {std::{fmt, sync::{mpmc}}, ::eventlet::green::{sync::{Arc}}};
        fn f() { ::std::thread::sleep_until(); x!(::std::thread::sleep_until()); mpmc::f(x); thread::sleep(d); }",
    );
}

#[test]
fn what_is_unstable_is_refused_if_it_waits() {
    let error = |source| rewrite("", source).unwrap_err();
    let mpmc = "`std::sync::mpmc` has no green form";
    assert_eq!(error("use std::sync::mpmc::channel;"), mpmc);
    assert_eq!(error("use std::sync; fn f() { sync::mpmc::channel(); }"), mpmc);
    assert_eq!(error("use std::*; fn f() { x!(sync::mpmc::channel()); }"), mpmc);
    assert_eq!(
        error("use std::sync::*; fn f(x: ReentrantLock<u8>) {}"),
        "`std::sync::ReentrantLock` has no green form"
    );
    becomes_under("except(sync)", "use std::sync::mpmc::channel;", "use std::sync::mpmc::channel;");
    becomes_under("allow(std::sync::mpmc)", "use std::sync::mpmc;", "use std::sync::mpmc;");
}

#[test]
fn what_is_unstable_stays_if_it_never_waits() {
    becomes(
        "use std::io::{self, BorrowedBuf, Read}; fn f(x: io::RawOsError) { std::net::hostname() }",
        "#[allow(unused_imports)]
        use {std::io::{BorrowedBuf}, ::eventlet::green::io::{self, Read}};
        fn f(x: ::std::io::RawOsError) { std::net::hostname() }",
    );
}
