//! More listeners for the port of one that exists.

use std::io;
use std::net::TcpListener;

/// How several listeners come to have one port.
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only Linux can spread"))]
pub(crate) enum Sharing {
    /// Each has a queue of its own, and the system spreads the connections over them
    /// (`SO_REUSEPORT`).
    Spread(Vec<TcpListener>),
    /// The system cannot do so: they would have to share the one queue.
    Impossible,
}

/// Opens `n` more listeners at the address of `listener`, which from then on shares its port.
#[cfg(target_os = "linux")]
pub(crate) fn share_port(listener: &TcpListener, n: usize) -> Sharing {
    match spread(listener, n) {
        Ok(listeners) => Sharing::Spread(listeners),
        Err(_) => Sharing::Impossible,
    }
}

/// Elsewhere the option exists, but only one of the listeners gets connections.
#[cfg(not(target_os = "linux"))]
pub(crate) fn share_port(_: &TcpListener, _: usize) -> Sharing {
    Sharing::Impossible
}

#[cfg(target_os = "linux")]
fn spread(listener: &TcpListener, n: usize) -> io::Result<Vec<TcpListener>> {
    use super::listen::{ListenOptions, listen_at, switch_on};

    if n == 0 {
        return Ok(Vec::new());
    }
    // Linux takes the option after the socket has been bound, too.
    switch_on(listener, libc::SOL_SOCKET, libc::SO_REUSEPORT)?;
    let address = listener.local_addr()?;
    #[expect(deprecated, reason = "only std's setter comes too late")]
    let only_v6 = address.is_ipv6() && listener.only_v6()?;
    let backlog = backlog(listener)?;
    let options = ListenOptions { backlog, reuse_addr: true, reuse_port: true, only_v6 };
    (0..n).map(|_| listen_at(&address, options)).collect()
}

/// How many connections may wait to be accepted.
#[cfg(target_os = "linux")]
fn backlog(listener: &TcpListener) -> io::Result<u32> {
    use std::os::fd::AsRawFd;

    let fd = listener.as_raw_fd();
    // SAFETY: all-zero is valid, and the call writes no more than it is told there is room for.
    let (answer, info) = unsafe {
        let mut info: libc::tcp_info = std::mem::zeroed();
        let mut length = size_of::<libc::tcp_info>() as libc::socklen_t;
        let place = (&raw mut info).cast();
        let answer =
            libc::getsockopt(fd, libc::IPPROTO_TCP, libc::TCP_INFO, place, &raw mut length);
        (answer, info)
    };
    // Of a listener this is the longest queue that it may have.
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(info.tcpi_sacked) }
}
