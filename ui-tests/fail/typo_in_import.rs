//! A name that neither std nor the mirror has is shown where it is written.

use eventlet::green;

#[green]
mod client {
    use std::net::{Shutdown, TcpStreem};

    pub fn close(stream: &TcpStreem) {
        let _ = stream.shutdown(Shutdown::Both);
    }
}

fn main() {
    let _ = client::close;
}
