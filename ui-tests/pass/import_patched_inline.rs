//! `import_patched!` on inline modules, with arguments and attributes.
#![deny(warnings)]

use std::any::type_name;

eventlet::import_patched! {
    #![except(time)]

    /// A client.
    pub(crate) mod client {
        #![allow(dead_code)]
        pub use std::net::TcpStream;

        pub mod deep {
            pub type Stream = super::TcpStream;
            pub type Listener = std::net::TcpListener;
        }
    }

    #[cfg(any())]
    mod absent;

    mod other {
        pub use std::net::TcpListener;
    }
}

fn main() {
    assert!(type_name::<client::deep::Stream>().starts_with("eventlet::"));
    assert!(type_name::<client::deep::Listener>().starts_with("eventlet::"));
    assert!(type_name::<other::TcpListener>().starts_with("eventlet::"));
}
