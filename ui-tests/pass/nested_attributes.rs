//! Inside a green module the attribute nearest to an item decides about it.
#![deny(warnings)]

use eventlet::green;

#[green]
mod service {
    use eventlet::green;
    use std::thread;

    #[green(blocking)]
    pub fn scoped() -> i32 {
        thread::scope(|scope| scope.spawn(|| 6 * 7).join().unwrap())
    }

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
    assert_eq!(service::scoped(), 42);
    assert!(service::root());
    assert!(service::stream().wait().unwrap().starts_with("eventlet::"));
    assert!(service::native_stream().starts_with("std::"));
}
