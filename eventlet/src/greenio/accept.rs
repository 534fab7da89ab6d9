//! Taking a connection from a listener, ready for green use.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};

/// Accepts a connection whose descriptor is non-blocking and closed on exec from the start, which
/// saves a system call for each connection.
#[cfg(target_os = "linux")]
pub(crate) fn accept(listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
    use std::os::fd::{AsRawFd, FromRawFd};

    use super::address::RawAddress;

    let mut peer = RawAddress::empty();
    let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    let fd = loop {
        let (address, length) = peer.as_mut_ptrs();
        // SAFETY: the listener is open; both pointers are valid and agree about the room.
        let fd = unsafe { libc::accept4(listener.as_raw_fd(), address, length, flags) };
        if fd >= 0 {
            break fd;
        }
        let error = io::Error::last_os_error();
        if error.kind() != io::ErrorKind::Interrupted {
            return Err(error);
        }
    };
    // SAFETY: the descriptor is new, and nobody else knows it.
    let stream = unsafe { TcpStream::from_raw_fd(fd) };
    Ok((stream, peer.get()?))
}

/// Accepts a connection and makes its descriptor non-blocking.
#[cfg(not(target_os = "linux"))]
pub(crate) fn accept(listener: &TcpListener) -> io::Result<(TcpStream, SocketAddr)> {
    let (stream, peer) = listener.accept()?;
    stream.set_nonblocking(true)?;
    Ok((stream, peer))
}
