//! A file of 2015: what it means depends on its edition, wherever the macro that reads it is from.

use std::any::type_name;
use std::io::Read;
use std::net::TcpStream;

use old::inside::gen;

pub trait Source {
    fn try(&self, u8) -> Box<Read>;
}

impl Source for u8 {
    fn try(&self, dyn: u8) -> Box<Read> {
        Box::new(::std::io::repeat(dyn + *self))
    }
}

pub mod inside {
    use super::type_name;

    pub fn gen() -> &'static str {
        type_name::<::std::net::TcpListener>()
    }
}

pub fn names() -> [&'static str; 2] {
    let async = type_name::<TcpStream>();
    [async, gen()]
}
