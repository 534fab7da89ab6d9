//! `use` trees.

use super::{becomes, is_refused, stays};

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
        use ::eventlet::green::net::IpAddr;
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
    is_refused("use std as s; fn f() { s::sync::mpmc::f(x); }", &["std::sync::mpmc"]);
    is_refused(
        "fn f() { r#std::sync::mpmc::f(x); x!(std::r#sync::mpmc::f(x)); }",
        &["std::sync::mpmc"; 2],
    );
}

#[test]
fn modules_around_mirrors_are_followed() {
    becomes(
        "mod m {
            use std as s;
            fn f() { self::s::thread::current(); x!(self::s::thread::current()); }
            mod inner {
                use super::s::time::{self, Instant};
                use super::{s::net, s as t};
                fn f() { super::s::thread::current(); t::thread::current(); }
                mod deep { fn f() { super::super::s::thread::current(); } }
            }
        }",
        "mod m {
            #[allow(unused_imports)] use std as s;
            fn f() {
                ::eventlet::green::thread::current();
                x!(::eventlet::green::thread::current());
            }
            mod inner {
                use ::eventlet::green::time::{self, Instant};
                #[allow(unused_imports)] use {super::{s as t}, ::{eventlet::green::net}};
                fn f() {
                    ::eventlet::green::thread::current(); ::eventlet::green::thread::current();
                }
                mod deep { fn f() { ::eventlet::green::thread::current(); } }
            }
        }",
    );
}

#[test]
fn imports_of_imports_lead_where_the_first_does() {
    becomes(
        "mod m {
            pub use std::{net, thread};
            use self::net::TcpStream;
            use thread::spawn as start;
            mod inner { use super::{net::IpAddr, thread}; use crate::m::net; }
        }",
        "mod m {
            pub use ::eventlet::green::{net, thread};
            use self::net::TcpStream;
            use thread::spawn as start;
            mod inner { use super::{net::IpAddr, thread}; use crate::m::net; }
        }",
    );
}

#[test]
fn imports_anywhere_and_of_any_visibility() {
    becomes(
        "pub(in crate::a) use std::net; pub(crate) use std::time as t; use std::io::Read as _;
        const C: u8 = const { use std::time; 1 };
        impl Tr for T { fn f() { let g = || { use std::thread as t; t::yield_now() }; } }",
        "pub(in crate::a) use ::eventlet::green::net;
        pub(crate) use ::eventlet::green::time as t;
        use ::eventlet::green::io::Read as _;
        const C: u8 = const { use ::eventlet::green::time; 1 };
        impl Tr for T {
            fn f() { let g = || { use ::eventlet::green::thread as t; t::yield_now() }; }
        }",
    );
}

#[test]
fn a_path_in_braces_may_begin_at_the_root() {
    becomes(
        "use {::std::{net::IpAddr, fmt}, ::other::x}; pub use {std::time, ::std::io, y};
        fn f() { x! { use {::std::{net, fmt}, y}; } }",
        "use {{::std::{fmt}, ::other::x}, ::{eventlet::green::{net::IpAddr}}};
        pub use {{y}, ::{eventlet::green::time, eventlet::green::io}};
        fn f() { x! { use {{::std::{fmt}, y}, ::{eventlet::green::{net}}}; } }",
    );
    is_refused("use {::std::sync, x}; fn f() { sync::mpmc::f(); }", &["std::sync::mpmc"]);
}
