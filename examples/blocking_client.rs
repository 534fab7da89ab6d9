//! An ordinary blocking client. It knows nothing of green threads.

use std::io::{self, Read};
use std::net::{SocketAddr, TcpStream};

/// Connects, and reads until the server hangs up.
pub fn fetch(address: SocketAddr) -> io::Result<String> {
    let mut answer = String::new();
    TcpStream::connect(address)?.read_to_string(&mut answer)?;
    Ok(answer)
}
