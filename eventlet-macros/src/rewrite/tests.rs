//! The rewriter, from source text to source text.

use quote::ToTokens;
use syn::visit_mut::VisitMut;

use super::Rewriter;
use crate::check::{GREEN, settings};

/// The tokens of a file, without the spaces that depend on where they came from.
fn text(file: &syn::File) -> String {
    file.to_token_stream().to_string().replace(' ', "")
}

/// Rewrites a file under `#[green(args)]`; an error is the first lines of all messages.
fn rewrite(args: &str, source: &str) -> Result<String, String> {
    let settings = settings(&GREEN, &syn::parse_str(args).unwrap()).unwrap();
    let mut file: syn::File = syn::parse_str(source).unwrap();
    let mut rewriter = Rewriter::new(&settings.selection);
    rewriter.visit_file_mut(&mut file);
    let result = rewriter.finish();
    result.map(|()| text(&file)).map_err(|error| {
        let problem = |error: syn::Error| error.to_string().lines().next().unwrap().to_owned();
        error.into_iter().map(problem).collect::<Vec<_>>().join("\n")
    })
}

#[track_caller]
fn becomes_under(args: &str, source: &str, expected: &str) {
    let expected: syn::File = syn::parse_str(expected).unwrap();
    assert_eq!(rewrite(args, source).unwrap(), text(&expected));
}

#[track_caller]
fn becomes(source: &str, expected: &str) {
    becomes_under("", source, expected);
}

#[track_caller]
fn stays(source: &str) {
    becomes(source, source);
}

/// Checks that exactly these paths are reported.
#[track_caller]
fn is_refused(source: &str, paths: &[&str]) {
    let messages = paths
        .iter()
        .map(|path| format!("`{path}` would block every green thread of this OS thread"));
    let expected = messages.collect::<Vec<_>>().join("\n");
    assert_eq!(rewrite("", source).unwrap_err(), expected);
}

#[test]
fn paths_in_signatures_and_bodies() {
    becomes(
        "fn f<T: std::io::Read>(s: &std::net::TcpStream) -> std::io::Result<T>
        where T: ::std::io::Write {
            let d: std::time::Duration = std::time::Duration::from_secs(1);
            std::thread::sleep(d);
            match e { std::io::ErrorKind::Other => x, Foo(std::net::IpAddr::V4(a)) => y }
        }",
        "fn f<T: ::eventlet::green::io::Read>(s: &::eventlet::green::net::TcpStream)
            -> ::eventlet::green::io::Result<T>
        where T: ::eventlet::green::io::Write {
            let d: ::eventlet::green::time::Duration =
                ::eventlet::green::time::Duration::from_secs(1);
            ::eventlet::green::thread::sleep(d);
            match e {
                ::eventlet::green::io::ErrorKind::Other => x,
                Foo(::eventlet::green::net::IpAddr::V4(a)) => y
            }
        }",
    );
}

#[test]
fn qualified_paths_keep_their_trait() {
    becomes(
        "fn f() -> <str as std::net::ToSocketAddrs>::Iter { <Vec<std::net::IpAddr>>::new() }",
        "fn f() -> <str as ::eventlet::green::net::ToSocketAddrs>::Iter {
            <Vec<::eventlet::green::net::IpAddr>>::new()
        }",
    );
}

#[test]
fn use_trees_are_split() {
    becomes(
        "#[cfg(unix)]
        pub(crate) use std::{net::TcpStream as T, io::{self, Read}, collections::HashMap};
        use std::thread::*;
        use ::std::net::{self as n, IpAddr};
        use {std::time, other::thing};
        use std::fmt::{self, Display};",
        "#[cfg(unix)]
        pub(crate) use {
            std::{collections::HashMap},
            ::eventlet::green::{net::TcpStream as T, io::{self, Read}}
        };
        use ::eventlet::green::thread::*;
        use ::eventlet::green::net::{self as n, IpAddr};
        use {{other::thing}, ::{eventlet::green::time}};
        use std::fmt::{self, Display};",
    );
}

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
fn paths_of_others_stay() {
    stays(
        r#"#[std::net::attribute]
        #[doc = "std::net::TcpStream"]
        fn f() {
            self::std::net::x(); crate::std::net::x(); foo::std::net::x();
            core::time::Duration::ZERO;
            std::cell::Cell::new(std::process::id());
            std::println!();
            m!(foo::std::net::x, $crate::std::net::x, $std::net::x, a.std::net::x, 'std);
            m!(#[std::net::a] y, <T>::std, std, net);
            let std = 1;
        }
        use std::collections::*;
        use std::process::{self, exit, ExitCode};"#,
    );
}

#[test]
fn blocking_paths_are_refused_once() {
    is_refused("fn f() { std::fs::read(x); }", &["std::fs"]);
    is_refused("use std::fs; fn f() { fs::read(x); }", &["std::fs"]);
    is_refused("use std::{fs::File, io}; fn f() { File::open(x); }", &["std::fs"]);
    is_refused("fn f() { x!(std::fs::read(x)); }", &["std::fs"]);
    is_refused("fn f() { x! { use std::fs; } }", &["std::fs"]);
    is_refused(
        "use std::os::unix::net::*;
        use std::sync::{Arc, Barrier, BarrierWaitResult};
        fn f() -> std::process::Command {}",
        &["std::os::unix::net", "std::sync::Barrier", "std::process::Command"],
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
    is_refused("use std::os::unix; fn f(s: unix::net::UnixStream) {}", &["std::os::unix::net"]);
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
        "allow(std::fs, std::net, std::thread::park)",
        "use std::thread;
        use std::{fs, net::{TcpStream, UdpSocket}};
        fn f() { thread::park(); x!(thread::park()); fs::read(x); thread::sleep(d); }",
        "#[allow(unused_imports)]
        use ::eventlet::green::thread;
        #[allow(unused_imports)]
        use {std::{fs, net::{UdpSocket}}, ::eventlet::green::{net::{TcpStream}}};
        fn f() { ::std::thread::park(); x!(::std::thread::park()); fs::read(x); thread::sleep(d); }",
    );
}

#[test]
fn only_and_except_select_modules() {
    let source = "fn f(a: std::net::IpAddr) { std::thread::park(); }";
    let expected = "fn f(a: ::eventlet::green::net::IpAddr) { std::thread::park(); }";
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

#[test]
fn items_with_an_attribute_of_their_own_are_left_to_it() {
    stays(
        "#[green(blocking)] fn f() { std::fs::read(x); }
        impl T { #[eventlet::green] fn f() { std::thread::sleep(d); } }
        #[green::test] fn t() { std::thread::sleep(d); }",
    );
}

#[test]
fn native_closures_are_left_alone() {
    stays("fn f() { eventlet::tpool::execute(|| std::fs::read(x)); }");
}

#[test]
fn other_names_of_std_are_seen_through() {
    becomes(
        "use std as s; fn f() { s::net::TcpStream::connect(x); x!(s::time::Instant::now()); }",
        "#[allow(unused_imports)] use std as s;
        fn f() {
            ::eventlet::green::net::TcpStream::connect(x);
            x!(::eventlet::green::time::Instant::now());
        }",
    );
    becomes(
        "use std::{self as s, fmt}; use s::net::IpAddr; fn f() -> s::io::Result<IpAddr> {}",
        "#[allow(unused_imports)] use std::{self as s, fmt};
        #[allow(unused_imports)] use ::eventlet::green::net::IpAddr;
        fn f() -> ::eventlet::green::io::Result<IpAddr> {}",
    );
    becomes(
        "extern crate std as s; fn f() { s::thread::yield_now(); s::mem::drop(x); }",
        "extern crate std as s; fn f() { ::eventlet::green::thread::yield_now(); s::mem::drop(x); }",
    );
    becomes(
        "use r#std::r#io; fn f(s: r#std::net::TcpStream) { x!(r#std::time::Instant::now()); }",
        "use ::eventlet::green::r#io;
        fn f(s: ::eventlet::green::net::TcpStream) { x!(::eventlet::green::time::Instant::now()); }",
    );
    stays("use std as s; fn f() { s::mem::drop(x); }");
    is_refused("use std as s; fn f() { s::fs::read(x); }", &["std::fs"]);
    is_refused("fn f() { r#std::fs::read(x); x!(r#std::fs::read(x)); }", &["std::fs", "std::fs"]);
}

#[test]
fn native_closures_among_tokens_are_left_alone() {
    stays("fn f() { println!(\"{:?}\", eventlet::tpool::execute(|| std::fs::read(x))); }");
    is_refused("fn f() { x!(pool::execute(|| std::fs::read(x))); }", &["std::fs"]);
}

#[test]
fn native_parts_keep_what_the_mirror_lacks() {
    becomes(
        "use std::thread;
        fn f() { tpool::execute(|| thread::scope(x)); x!(tpool::execute(|| thread::scope(x))); }",
        "#[allow(unused_imports)] use ::eventlet::green::thread;
        fn f() {
            tpool::execute(|| ::std::thread::scope(x));
            x!(tpool::execute(|| ::std::thread::scope(x)));
        }",
    );
    becomes(
        "mod m {
            use std::io; use std as s;
            #[green(blocking)] fn f() -> io::Result<u8> { io::stdin(); std::fs::read(x); }
            impl T { #[green] fn g() { s::net::TcpStream::connect(x); } }
        }",
        "mod m {
            #[allow(unused_imports)] use ::eventlet::green::io;
            #[allow(unused_imports)] use std as s;
            #[green(blocking)] fn f() -> io::Result<u8> { ::std::io::stdin(); std::fs::read(x); }
            impl T { #[green] fn g() { ::std::net::TcpStream::connect(x); } }
        }",
    );
    stays("mod m { #[green(blocking)] fn f() { use std::thread; thread::park(); } }");
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
    is_refused("macro_rules! m { ($t:ident) => { use std::{fs::$t}; } }", &["std::fs"]);
    stays("macro_rules! m { ($($t:ident)*) => { use std::{io, net::{$($t),*}}; } }");
}
