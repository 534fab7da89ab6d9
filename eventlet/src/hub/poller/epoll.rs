//! Waiting on Linux: `epoll_pwait2`, whose timeout is exact to the nanosecond.
//!
//! mio registers the descriptors but rounds timeouts up to whole milliseconds, so the wait itself
//! is made here, on mio's own epoll descriptor. Kernels before 5.11 do not have the call; there
//! `epoll_wait` is used, in whole milliseconds, which is late but never early.

use std::io;
use std::os::fd::AsRawFd;
use std::time::Duration;

use mio::{Poll, Token};

use super::Readiness;

/// Events taken from the kernel at a time.
const CAPACITY: usize = 1024;

pub(super) struct Events {
    list: Vec<libc::epoll_event>,
    /// Whether the kernel has `epoll_pwait2`; true until it says otherwise.
    exact: bool,
}

impl Events {
    pub(super) fn new() -> Self {
        Events { list: Vec::with_capacity(CAPACITY), exact: true }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    #[inline]
    pub(super) fn get(&self, index: usize) -> (Token, Readiness) {
        const ENDED: u32 = (libc::EPOLLRDHUP | libc::EPOLLHUP | libc::EPOLLERR) as u32;
        const READ: u32 = ENDED | (libc::EPOLLIN | libc::EPOLLPRI) as u32;
        const WRITE: u32 = (libc::EPOLLOUT | libc::EPOLLHUP | libc::EPOLLERR) as u32;
        let event = self.list[index];
        let bits = event.events;
        let readiness = Readiness {
            read: bits & READ != 0,
            write: bits & WRITE != 0,
            hang_up: bits & (ENDED | libc::EPOLLPRI as u32) != 0,
        };
        (Token(event.u64 as usize), readiness)
    }

    /// Waits for at least one event; none means that the time is up or a signal came.
    pub(super) fn wait(&mut self, poll: &mut Poll, timeout: Option<Duration>) -> io::Result<()> {
        self.list.clear();
        let epoll = poll.as_raw_fd();
        let mut n_events = -1;
        let exact = self.exact && timeout.is_some_and(|timeout| !timeout.is_zero());
        if exact {
            n_events = self.wait_exactly(epoll, timeout);
            // Some sandboxes answer a call that they do not know with EPERM.
            self.exact = n_events >= 0 || ![libc::ENOSYS, libc::EPERM].contains(&last_errno());
        }
        if !exact || !self.exact {
            n_events = self.wait_whole_milliseconds(epoll, timeout);
        }
        if n_events < 0 {
            let error = io::Error::last_os_error();
            return if error.kind() == io::ErrorKind::Interrupted { Ok(()) } else { Err(error) };
        }
        // SAFETY: the kernel has filled that many entries, at most `CAPACITY`.
        unsafe { self.list.set_len(n_events as usize) };
        Ok(())
    }

    fn wait_exactly(&mut self, epoll: libc::c_int, timeout: Option<Duration>) -> libc::c_long {
        let time = timeout.map(|timeout| libc::timespec {
            tv_sec: timeout.as_secs().try_into().unwrap_or(libc::time_t::MAX),
            tv_nsec: timeout.subsec_nanos().into(),
        });
        let time = time.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        let no_mask: *const libc::sigset_t = std::ptr::null();
        // SAFETY: the list has room for `CAPACITY` events; the time outlives the call.
        unsafe {
            libc::syscall(
                libc::SYS_epoll_pwait2,
                epoll,
                self.list.as_mut_ptr(),
                CAPACITY,
                time,
                no_mask,
                size_of::<u64>(),
            )
        }
    }

    fn wait_whole_milliseconds(
        &mut self,
        epoll: libc::c_int,
        timeout: Option<Duration>,
    ) -> libc::c_long {
        let millis = timeout.map_or(-1, |timeout| {
            let millis = timeout.as_nanos().div_ceil(1_000_000);
            libc::c_int::try_from(millis).unwrap_or(libc::c_int::MAX)
        });
        // SAFETY: the list has room for `CAPACITY` events.
        let n_events =
            unsafe { libc::epoll_wait(epoll, self.list.as_mut_ptr(), CAPACITY as _, millis) };
        n_events.into()
    }
}

fn last_errno() -> libc::c_int {
    io::Error::last_os_error().raw_os_error().unwrap_or(0)
}
