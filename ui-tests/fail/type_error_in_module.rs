//! An error in rewritten code is shown where it is written.

use eventlet::green;

#[green]
mod client {
    use std::{io::Read, net::TcpStream};

    pub fn read(stream: &mut TcpStream) -> String {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        bytes
    }
}

fn main() {
    let _ = client::read;
}
