//! What has no green form, and what is allowed.

use super::{becomes, becomes_under, is_refused};

#[test]
fn blocking_paths_are_refused_once() {
    is_refused("fn f() { std::fs::read(x); }", &["std::fs"]);
    is_refused("use std::fs; fn f() { fs::read(x); }", &["std::fs"]);
    is_refused("use std::{fs::File, io}; fn f() { File::open(x); }", &["std::fs"]);
    is_refused("fn f() { x!(std::fs::read(x)); }", &["std::fs"]);
    is_refused("fn f() { x! { use std::fs; } }", &["std::fs"]);
    is_refused(
        "use std::fs::*;
        use std::sync::{Arc, Barrier, BarrierWaitResult};
        fn f() -> std::process::Command {}",
        &["std::fs", "std::sync::Barrier", "std::process::Command"],
    );
}

#[test]
fn blocking_paths_are_seen_through_imports() {
    let park = &["std::thread::park"];
    is_refused("use std::thread; fn f() { thread::park(); }", park);
    is_refused("fn f() { use std::thread as t; { t::park(); } }", park);
    is_refused("use std::thread; fn f() { x!(thread::park()); }", park);
    is_refused("use std::io::{self, Read}; fn f() { io::stdin(); }", &["std::io::stdin"]);
    is_refused("use std::io; use io::{stdin, Read};", &["std::io::stdin"]);
    is_refused("use std::process; fn f(s: process::Child) {}", &["std::process::Child"]);
}

#[test]
fn a_module_does_not_see_imports_around_it() {
    becomes(
        "use std::thread; mod m { fn f() { thread::park(); } }",
        "use ::eventlet::green::thread; mod m { fn f() { thread::park(); } }",
    );
}

#[test]
fn allowed_paths_lead_to_std() {
    becomes_under(
        "allow(std::fs, std::io, std::thread::park)",
        "use std::thread;
        use std::{fs, io::{Read, Stdin}};
        fn f() { thread::park(); x!(thread::park()); fs::read(x); thread::sleep(d); }",
        "#[allow(unused_imports)]
        use ::eventlet::green::thread;
        use {std::{fs, io::{Stdin}}, ::eventlet::green::{io::{Read}}};
        fn f() { ::std::thread::park(); x!(::std::thread::park()); fs::read(x); thread::sleep(d); }",
    );
}
