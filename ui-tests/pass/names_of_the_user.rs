//! What the user calls `std`, `net`, `eventlet`, `green` or `thread` is the user's.
#![deny(warnings)]
#![allow(non_camel_case_types)]

use eventlet::green;
use std::any::type_name;

mod other {
    pub mod std {
        pub mod net {
            pub struct TcpStream;
        }
    }

    pub mod thread {
        pub struct Thread;
    }

    macro_rules! value {
        ($value:expr) => {
            $value
        };
    }
    pub(crate) use value;
}

#[green]
mod modules {
    pub mod std {
        pub mod net {
            pub struct TcpStream;
        }
    }
    mod eventlet {}
    mod green {}

    pub fn names() -> Vec<&'static str> {
        let _: [&dyn Fn(); 0] = [];
        vec![
            super::type_name::<std::net::TcpStream>(),
            super::type_name::<self::std::net::TcpStream>(),
            super::type_name::<crate::other::std::net::TcpStream>(),
        ]
    }

    pub fn green() -> &'static str {
        super::type_name::<::std::net::TcpStream>()
    }
}

#[green]
mod shadowed {
    use std::any::type_name;
    use std::{net, thread};

    pub fn names() -> [&'static str; 4] {
        let inner = {
            use super::other::{std, thread};
            [type_name::<thread::Thread>(), type_name::<std::net::TcpStream>()]
        };
        let own = {
            mod net {
                pub struct TcpStream;
            }
            type_name::<net::TcpStream>()
        };
        [inner[0], inner[1], own, generic::<Own>()]
    }

    trait Tr {
        type Stream;
    }

    struct Own;

    impl Tr for Own {
        type Stream = Own;
    }

    fn generic<net: Tr>() -> &'static str {
        type_name::<net::Stream>()
    }

    pub fn green() -> [&'static str; 2] {
        // Variables and functions are not in the way of modules.
        let thread = thread();
        let net = type_name::<net::TcpStream>();
        [thread, net]
    }

    fn thread() -> &'static str {
        type_name::<thread::Thread>()
    }
}

#[green]
mod macros {
    pub fn imported() -> u8 {
        use crate::other::value as thread_local;
        thread_local!(1)
    }

    macro_rules! thread_local {
        () => {
            2
        };
    }

    pub fn own() -> u8 {
        thread_local!()
    }
}

fn main() {
    let own = modules::names().into_iter().chain(shadowed::names());
    own.for_each(|name| assert!(!name.starts_with("eventlet::"), "{name}"));
    let swapped = [modules::green()].into_iter().chain(shadowed::green());
    swapped.into_iter().for_each(|name| assert!(name.starts_with("eventlet::"), "{name}"));
    assert_eq!([macros::imported(), macros::own()], [1, 2]);
}
