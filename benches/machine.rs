//! What std has no call for: cores, CPU clocks, and epoll.
#![allow(unsafe_code, reason = "system calls")]

use std::io;
use std::mem::{MaybeUninit, zeroed};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::Duration;

/// Servers and in-process jobs run here.
pub(crate) const SERVER_CORE: usize = 0;
/// The load generator runs here.
pub(crate) const CLIENT_CORE: usize = 1;

/// Keeps the calling thread, and what it starts, on one core. Without effect on a machine that
/// has no such core.
pub(crate) fn pin_to(core: usize) {
    // SAFETY: a CPU set is plain data, and all zeroes is the empty set.
    let mut set: libc::cpu_set_t = unsafe { zeroed() };
    // SAFETY: the set is initialised; a core number beyond it is ignored.
    unsafe { libc::CPU_SET(core, &mut set) };
    // SAFETY: the set is valid for its size, and 0 means this thread.
    unsafe { libc::sched_setaffinity(0, size_of_val(&set), &raw const set) };
}

/// Allows this process as many open descriptors as the system lets it have: the usual default of
/// 1,024 is too few for 1,000 connections.
pub(crate) fn raise_descriptor_limit() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` may be written.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } == 0 {
        limit.rlim_cur = limit.rlim_max;
        // SAFETY: `limit` is only read.
        unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    }
}

/// The CPU time that a process has used so far, in all its threads.
pub(crate) fn cpu_time(pid: u32) -> io::Result<Duration> {
    let mut clock = 0;
    // SAFETY: `clock` may be written.
    let error = unsafe { libc::clock_getcpuclockid(pid as libc::pid_t, &raw mut clock) };
    if error != 0 {
        return Err(io::Error::from_raw_os_error(error));
    }
    let mut time = MaybeUninit::<libc::timespec>::uninit();
    // SAFETY: `time` may be written.
    check(unsafe { libc::clock_gettime(clock, time.as_mut_ptr()) })?;
    // SAFETY: the call has succeeded and filled it.
    let time = unsafe { time.assume_init() };
    Ok(Duration::new(time.tv_sec as u64, time.tv_nsec as u32))
}

/// A level-triggered epoll set that waits for descriptors to be readable.
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

fn check(answer: libc::c_int) -> io::Result<libc::c_int> {
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(answer) }
}
