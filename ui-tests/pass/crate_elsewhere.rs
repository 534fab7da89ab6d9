//! `crate = ".."` leads the generated code to a re-export of the runtime.
#![deny(warnings)]

mod net {
    pub extern crate eventlet as runtime;
}

use net::runtime::green;

#[green(spawn, crate = "crate::net::runtime")]
fn name() -> &'static str {
    use std::{any::type_name, net::TcpStream};
    type_name::<TcpStream>()
}

fn main() {
    assert!(name().wait().unwrap().starts_with("eventlet::"));
}
