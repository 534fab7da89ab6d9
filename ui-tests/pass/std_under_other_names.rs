//! Paths into std are seen through other names of std itself.
#![deny(warnings)]

use eventlet::green;
use std::any::type_name;

#[green]
mod renamed {
    use std as s;

    pub fn stream() -> &'static str {
        super::type_name::<s::net::TcpStream>()
    }
}

#[green]
mod linked {
    extern crate std as s;
    use s::net::TcpStream;

    pub fn stream() -> &'static str {
        super::type_name::<TcpStream>()
    }
}

#[green]
mod outer {
    use std::{self as s};

    #[super::green]
    pub fn stream() -> &'static str {
        super::type_name::<s::net::TcpStream>()
    }
}

#[green]
fn raw() -> &'static str {
    type_name::<r#std::net::TcpStream>()
}

fn main() {
    for stream in [renamed::stream(), linked::stream(), outer::stream(), raw()] {
        assert!(stream.starts_with("eventlet::"), "{stream}");
    }
}
