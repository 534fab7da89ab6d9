//! Inside a green module the attribute nearest to an item decides about it.
#![deny(warnings)]

use eventlet::green;

#[green]
mod service {
    use eventlet::green;

    #[green(blocking)]
    pub fn root() -> bool {
        std::fs::metadata("/").is_ok()
    }

    #[green(spawn)]
    pub fn stream() -> &'static str {
        std::any::type_name::<std::net::TcpStream>()
    }

    #[green(only(time))]
    pub fn native_stream() -> &'static str {
        std::any::type_name::<std::net::TcpStream>()
    }
}

fn main() {
    assert!(service::root());
    assert!(service::stream().wait().unwrap().starts_with("eventlet::"));
    assert!(service::native_stream().starts_with("std::"));
}
