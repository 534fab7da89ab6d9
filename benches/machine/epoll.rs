//! Waiting for descriptors to be readable, and taking connections that do not block.

use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::Duration;
use std::{io, ptr};

use super::check;

/// A level-triggered epoll set.
pub(crate) struct Epoll {
    fd: OwnedFd,
    events: Vec<libc::epoll_event>,
}

impl Epoll {
    pub(crate) fn new() -> io::Result<Self> {
        // SAFETY: takes no pointers.
        let fd = check(unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) })?;
        // SAFETY: the descriptor is new and nobody else's.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        Ok(Epoll { fd, events: Vec::with_capacity(1024) })
    }

    pub(crate) fn add(&self, io: &impl AsRawFd, token: u64) -> io::Result<()> {
        let mut event = libc::epoll_event { events: libc::EPOLLIN as u32, u64: token };
        let (set, fd) = (self.fd.as_raw_fd(), io.as_raw_fd());
        // SAFETY: both descriptors are open, and the event is only read.
        check(unsafe { libc::epoll_ctl(set, libc::EPOLL_CTL_ADD, fd, &raw mut event) })?;
        Ok(())
    }

    /// Waits for events and says how many there are.
    pub(crate) fn wait(&mut self, timeout: Option<Duration>) -> io::Result<usize> {
        let millis = timeout.map_or(-1, |timeout| timeout.as_millis() as libc::c_int);
        let capacity = self.events.capacity() as libc::c_int;
        let list = self.events.as_mut_ptr();
        // SAFETY: the list has room for `capacity` events.
        let n = check(unsafe { libc::epoll_wait(self.fd.as_raw_fd(), list, capacity, millis) })?;
        // SAFETY: the kernel has filled that many.
        unsafe { self.events.set_len(n as usize) };
        Ok(n as usize)
    }

    /// Whose event it is.
    pub(crate) fn token(&self, index: usize) -> u64 {
        self.events[index].u64
    }
}

/// Takes a connection that does not block: std needs two calls for it.
pub(crate) fn accept(listener: &TcpListener) -> io::Result<TcpStream> {
    let flags = libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
    let (address, length) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the descriptor is open, and an address is not asked for.
    let fd = check(unsafe { libc::accept4(listener.as_raw_fd(), address, length, flags) })?;
    // SAFETY: the descriptor is new and nobody else's.
    Ok(unsafe { TcpStream::from_raw_fd(fd) })
}
