//! Listening sockets with options that std does not offer.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::fd::AsRawFd;

use super::address::RawAddress;
use super::connect::new_stream_socket;

/// How to listen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListenOptions {
    pub(crate) backlog: u32,
    pub(crate) reuse_addr: bool,
    pub(crate) reuse_port: bool,
    /// At an IPv6 address: no IPv4 connections, which the system would let in otherwise.
    pub(crate) only_v6: bool,
}

/// Makes a non-blocking socket that listens at `address`.
pub(crate) fn listen_at(address: &SocketAddr, options: ListenOptions) -> io::Result<TcpListener> {
    let socket = new_stream_socket(address)?;
    if options.reuse_addr {
        switch_on(&socket, libc::SOL_SOCKET, libc::SO_REUSEADDR)?;
    }
    if options.reuse_port {
        switch_on(&socket, libc::SOL_SOCKET, libc::SO_REUSEPORT)?;
    }
    if options.only_v6 {
        switch_on(&socket, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY)?;
    }
    let address = RawAddress::new(address);
    let backlog = libc::c_int::try_from(options.backlog).unwrap_or(libc::c_int::MAX);
    // SAFETY: the socket is open, and the address lives and is as long as it says.
    let bound = unsafe { libc::bind(socket.as_raw_fd(), address.as_ptr(), address.length()) };
    // SAFETY: the call takes plain numbers.
    if bound < 0 || unsafe { libc::listen(socket.as_raw_fd(), backlog) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(socket.into())
}

pub(super) fn switch_on(
    socket: &impl AsRawFd,
    level: libc::c_int,
    option: libc::c_int,
) -> io::Result<()> {
    let yes: libc::c_int = 1;
    // SAFETY: the socket is open, and the option is a number of the size that is given.
    let answer = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            option,
            (&raw const yes).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
