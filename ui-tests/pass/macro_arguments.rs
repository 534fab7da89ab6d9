//! Paths are found in what macros are called with and in `macro_rules!` bodies.
#![deny(warnings)]

use eventlet::green;

macro_rules! run {
    ($($body:tt)*) => { $($body)* };
}

#[green]
mod patched {
    macro_rules! stream_name {
        () => {
            std::any::type_name::<std::net::TcpStream>()
        };
    }

    macro_rules! named {
        ($name:ident) => {{
            use std::{any, net::$name};
            any::type_name::<$name>()
        }};
    }

    macro_rules! in_module {
        ($module:ident::$name:ident) => {
            std::any::type_name::<std::$module::$name>()
        };
    }

    macro_rules! all {
        ($($name:ident),*) => {{
            use std::{any, net::{$($name),*}};
            [$(any::type_name::<$name>()),*]
        }};
    }

    pub fn unread() -> Vec<&'static str> {
        [vec![in_module!(thread::Thread), in_module!(net::TcpStream)], all!(TcpListener, TcpStream).to_vec()]
            .concat()
    }

    pub fn names() -> Vec<&'static str> {
        let listener = vec![std::any::type_name::<std::net::TcpListener>()];
        run! {
            use std::{any, net::TcpStream};
            let stream = any::type_name::<TcpStream>();
        }
        assert!(matches!(std::net::Ipv4Addr::LOCALHOST.octets(), [127, ..]), "{}", listener[0]);
        [listener, vec![stream, stream_name!(), named!(TcpStream)]].concat()
    }
}

fn main() {
    let names = patched::names();
    assert_eq!(names.len(), 4);
    let names = [names, patched::unread()].concat();
    assert!(names.iter().all(|name| name.starts_with("eventlet::")), "{names:?}");
}
