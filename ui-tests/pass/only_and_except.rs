//! `only` and `except` choose which modules are swapped.
#![deny(warnings)]

use std::any::TypeId;

use eventlet::green;

#[green(only(thread))]
mod only_thread {
    pub use std::{net::TcpStream, thread::Builder};
}

#[green(except(net, time))]
mod except_net {
    pub use std::{net::TcpStream, thread::Builder};
}

#[green(except(thread))]
fn native_park() {
    std::thread::current().unpark();
    std::thread::park();
}

fn main() {
    let native = TypeId::of::<std::net::TcpStream>();
    assert_eq!(TypeId::of::<only_thread::TcpStream>(), native);
    assert_eq!(TypeId::of::<except_net::TcpStream>(), native);
    let builder = TypeId::of::<green::thread::Builder>();
    assert_eq!(TypeId::of::<only_thread::Builder>(), builder);
    assert_eq!(TypeId::of::<except_net::Builder>(), builder);
    native_park();
}
