//! A blocking client that knows nothing of green threads.
#![allow(dead_code)]

use std::any::type_name;
use std::net::TcpStream;

#[macro_use]
mod macros;
pub mod protocol;

/// Has a module in a file of its own.
mod inline {
    pub mod inner;
}

pub fn names() -> [&'static str; 3] {
    [type_name::<TcpStream>(), inline::inner::name(), stream_name!()]
}
