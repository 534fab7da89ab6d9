//! A module in which all there is to swap is excepted.
#![deny(deprecated)]

eventlet::import_patched! {
    #![except(net)]

    pub mod inline {
        pub use std::net::TcpStream;
    }
}

fn main() {}
