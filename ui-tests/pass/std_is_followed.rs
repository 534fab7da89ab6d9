//! Paths are followed through modules around the mirrors: `std` itself, globs of it, and imports
//! of imports.
#![deny(warnings)]

use eventlet::green;
use std::any::type_name;

fn is_green<T: ?Sized>() {
    assert!(type_name::<T>().starts_with("eventlet::"), "{}", type_name::<T>());
}

#[green]
mod ancestors {
    use super::is_green;
    use ::std as again;
    extern crate std as linked;
    use std::os;
    use std::os::unix;

    pub fn check() {
        is_green::<again::net::TcpStream>();
        is_green::<linked::thread::Thread>();
        is_green::<os::unix::net::UnixStream>();
        is_green::<unix::net::UnixListener>();
        is_green::<self::unix::net::UnixListener>();
        // What is not swapped is still reached.
        assert_eq!(linked::mem::size_of::<os::fd::RawFd>(), 4);
        inner::check();
    }

    mod inner {
        use super::*;

        pub fn check() {
            use super::again::net::{self, TcpListener};
            is_green::<TcpListener>();
            is_green::<net::TcpListener>();
            is_green::<super::os::unix::net::UnixListener>();
            is_green::<unix::net::UnixListener>();
        }
    }
}

#[green]
mod globs {
    use super::is_green;
    use std::*;

    pub fn check() {
        is_green::<net::TcpStream>();
        is_green::<sync::mpsc::Sender<u8>>();
        is_green::<os::unix::net::UnixStream>();
        let map: collections::HashMap<u8, Vec<fmt::Error>> = collections::HashMap::default();
        assert!(map.is_empty());
    }

    pub mod public {
        pub use std::*;

        pub mod unix {
            pub use std::os::unix::*;
        }
    }
}

#[green]
mod imports_of_imports {
    use super::is_green;
    pub use std::{io, net, thread};

    pub fn check() {
        use self::net::TcpStream;
        use crate::imports_of_imports::thread::Builder;
        use thread::JoinHandle;
        is_green::<TcpStream>();
        is_green::<Builder>();
        is_green::<JoinHandle<()>>();
        let closure = || {
            use std::sync as s;
            is_green::<s::mpsc::Receiver<u8>>();
        };
        closure();
        const _: () = const {
            use std::time::Duration;
            assert!(Duration::ZERO.is_zero());
        };
        inner::Inner.check();
    }

    mod inner {
        use super::super::imports_of_imports::net;
        use super::{io, thread};

        pub struct Inner;

        impl Inner {
            pub fn check(&self) {
                use {::std::sync::mpsc::SyncSender, net::UdpSocket, std::mem::drop as discard};
                super::is_green::<net::TcpStream>();
                super::is_green::<UdpSocket>();
                super::is_green::<thread::Thread>();
                super::is_green::<SyncSender<u8>>();
                discard(vec![io::empty()]);
            }
        }
    }
}

#[green]
fn function() {
    use std::{net, os::unix::net as local};
    is_green::<net::TcpStream>();
    is_green::<local::UnixStream>();
    {
        use std::thread::*;
        is_green::<Thread>();
    }
}

fn main() {
    ancestors::check();
    globs::check();
    is_green::<globs::public::net::TcpStream>();
    is_green::<globs::public::unix::net::UnixStream>();
    is_green::<imports_of_imports::net::TcpStream>();
    imports_of_imports::check();
    function();
}
