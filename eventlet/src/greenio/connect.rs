//! Starting a connection without waiting for it.

use std::io;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use super::address::RawAddress;
use crate::hub;

/// Makes a non-blocking TCP socket and begins to connect it.
///
/// Also says whether it is connected by now. If not, it becomes writable when it is, or when it
/// cannot be; its pending error tells which.
pub(crate) fn begin_connect(address: &SocketAddr) -> io::Result<(TcpStream, bool)> {
    let socket = new_stream_socket(address)?;
    let address = RawAddress::new(address);
    let answer = hub::as_library(|| {
        // SAFETY: the socket is open, and the address lives and is as long as it says.
        unsafe { libc::connect(socket.as_raw_fd(), address.as_ptr(), address.length()) }
    });
    if answer == 0 {
        return Ok((socket.into(), true));
    }
    let error = io::Error::last_os_error();
    match error.raw_os_error() {
        // A signal does not stop the attempt either.
        Some(libc::EINPROGRESS | libc::EINTR) => Ok((socket.into(), false)),
        _ => Err(error),
    }
}

/// Makes a non-blocking TCP socket for an address of this kind.
pub(super) fn new_stream_socket(address: &SocketAddr) -> io::Result<OwnedFd> {
    new_socket(match address {
        SocketAddr::V4(_) => libc::AF_INET,
        SocketAddr::V6(_) => libc::AF_INET6,
    })
}

/// Makes a non-blocking socket for a stream.
#[cfg(target_os = "linux")]
pub(super) fn new_socket(family: libc::c_int) -> io::Result<OwnedFd> {
    let kind = libc::SOCK_STREAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    raw_socket(family, kind)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn new_socket(family: libc::c_int) -> io::Result<OwnedFd> {
    let socket = raw_socket(family, libc::SOCK_STREAM)?;
    // SAFETY: the descriptor is open, and the command takes a number.
    if unsafe { libc::fcntl(socket.as_raw_fd(), libc::F_SETFD, libc::FD_CLOEXEC) } < 0 {
        return Err(io::Error::last_os_error());
    }
    #[cfg(any(target_vendor = "apple", target_os = "freebsd", target_os = "netbsd"))]
    refuse_sigpipe(&socket)?;
    let socket = TcpStream::from(socket);
    socket.set_nonblocking(true)?;
    Ok(socket.into())
}

fn raw_socket(family: libc::c_int, kind: libc::c_int) -> io::Result<OwnedFd> {
    // SAFETY: the call takes plain numbers.
    let fd = unsafe { libc::socket(family, kind, 0) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is new, and nobody else knows it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Where a send cannot say that it wants no signal, the socket has to.
#[cfg(any(target_vendor = "apple", target_os = "freebsd", target_os = "netbsd"))]
fn refuse_sigpipe(socket: &OwnedFd) -> io::Result<()> {
    let yes: libc::c_int = 1;
    // SAFETY: the socket is open, and the option is a number of the size that is given.
    let answer = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_NOSIGPIPE,
            (&raw const yes).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
