//! Paths in code.

use super::{becomes, stays};

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
fn paths_of_others_stay() {
    stays(
        r#"#[std::net::attribute]
        #[doc = "std::net::TcpStream"]
        fn f() {
            self::std::net::x(); crate::std::net::x(); foo::std::net::x();
            core::time::Duration::ZERO;
            std::cell::Cell::new(std::env::args());
            std::println!();
            m!(foo::std::net::x, $crate::std::net::x, $std::net::x, a.std::net::x, 'std);
            m!(#[std::net::a] y, <T>::std, std, net);
            let std = 1;
        }
        use std::collections::*;
        use std::env::{self, args};"#,
    );
}

#[test]
fn all_places_of_paths() {
    let source = "
        pub trait Tr<'a>: std::io::Read + super::X where Self: std::net::ToSocketAddrs {
            type A<'b>: std::io::Write = std::net::TcpStream where Self: 'b;
            const N: std::time::Duration = <std::time::Duration as Default>::default();
            fn f(self: std::sync::Arc<Self>) -> impl std::io::Read + use<'a, Self>;
        }
        struct S<const N: usize = { size::<std::net::TcpStream>() }>(Box<dyn std::io::Read + 'a>)
        where for<'x> &'x u8: std::io::Read;
        enum E { A = std::net::Ipv4Addr::BITS as isize, B { x: std::net::IpAddr } }
        union U { x: std::net::Ipv4Addr }
        type P = fn(std::net::IpAddr, [std::net::IpAddr; 2]) -> *const std::net::TcpStream;
        static X: &(dyn Fn(std::net::IpAddr) -> std::io::Result<()> + Sync) = &f;
        impl<T> std::io::Read for S<T> where [T]: std::io::Write {}
        impl<T: ?Sized + std::io::Read> !std::io::Write for T {}
        unsafe extern \"C\" { fn g(x: std::net::Ipv4Addr); }
        async fn h() -> std::io::Result<()> {
            'a: loop { break 'a std::thread::current() }
            let std::net::IpAddr::V4(x) = y else { return std::io::Error::last_os_error() };
            if let std::net::IpAddr::V4(x) = y && let Some(std::io::ErrorKind::Other) = z {}
            unsafe { <std::net::TcpStream as std::io::Read>::read(&mut s, c\"std::net\") };
            async move { std::thread::yield_now() }.await;
            let c = |x: std::net::IpAddr| -> std::io::Result<u8> { std::mem::size_of::<std::net::IpAddr>() };
            std::net::SocketAddrV4 { ip: const { std::net::Ipv4Addr::LOCALHOST }, ..d };
            1 as std::io::Handle; r#fn(std::time::UNIX_EPOCH); &raw const std::net::X;
            match x { a @ std::time::Duration::ZERO..=std::time::Duration::MAX if std::net::b => () }
            try { std::net::x()? };
            become std::net::x();
            super::g::<std::net::IpAddr, { std::net::N }>(..std::net::N);
        }
        trait Alias = std::io::Read; auto trait Marker {}
        pub macro m($x:ident) { std::net::$x }
        const _: () = { impl std::io::Read for X { default fn f() { std::net::x() } } };";
    let expected =
        ["net", "io", "time", "thread", "sync"].iter().fold(source.to_owned(), |s, m| {
            s.replace(&format!("std::{m}::"), &format!("::eventlet::green::{m}::"))
        });
    becomes(source, &expected.replace("c\"::eventlet::green::net", "c\"std::net"));
}

#[test]
fn attributes_stay() {
    stays(
        "//! std::net::TcpStream
        #![cfg_attr(std, doc = \"std::net::TcpStream\")]
        /// std::net::TcpStream
        #[derive(std::fmt::Debug, Clone)] #[serde(with = \"std::net\", remote = std::net::X)]
        #[must_use] struct S { #[serde(default = \"std::net::f\")] #[cfg(std::net)] x: u8 }
        macro_rules! m { () => { //! std::net::TcpStream
            #[doc = std::net::X] struct T; } }",
    );
}
