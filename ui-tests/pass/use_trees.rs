//! Imports of all shapes bring in the green items, and leave the others where they are.
#![deny(warnings)]

use std::any::type_name;

use eventlet::green;

#[green]
mod globs {
    use std::net::*;

    pub type Stream = TcpStream;
}

#[green]
mod groups {
    #![allow(unused_imports)]
    use std::fmt::{self, Debug};
    use std::{
        collections::HashMap,
        io::{self, Read as _},
        net::{self as network, TcpStream as Stream, ToSocketAddrs},
        sync::{Arc, Mutex},
    };

    pub type Listener = network::TcpListener;
    pub type Table = Mutex<HashMap<String, Arc<io::Result<Stream>>>>;
}

#[green]
mod reexports {
    #[cfg(any())]
    pub use std::net::NoSuchItem;
    pub use std::net::TcpStream;
    #[doc(inline)]
    pub(crate) use std::{fmt::Result as Formatted, net::TcpListener};

    pub mod nested {
        pub use std::net::TcpStream as Stream;

        pub fn local() -> &'static str {
            use ::std::net;
            std::any::type_name::<net::TcpStream>()
        }
    }
}

fn is_green(name: &str) -> bool {
    name.contains("eventlet::")
}

fn main() {
    assert!(is_green(type_name::<globs::Stream>()));
    assert!(is_green(type_name::<groups::Listener>()));
    assert!(is_green(type_name::<groups::Table>()));
    assert!(is_green(type_name::<reexports::TcpStream>()));
    assert!(is_green(type_name::<reexports::TcpListener>()));
    assert!(is_green(type_name::<reexports::nested::Stream>()));
    assert!(is_green(reexports::nested::local()));
    assert_eq!(reexports::Formatted::Ok(()), Ok(()));
}
