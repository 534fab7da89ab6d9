//! What `epoll_wait` says to a green thread that something is thrown at.
//!
//! An error would be honest, but runtimes take every error of it for a fault of their own and panic, and
//! their destructors, which wait again, panic once more. What they are built for is that a descriptor is
//! said to be ready and is not any more. So all of a set are said to be ready. Whoever then tries one
//! that has nothing to say is told what has been thrown ([`would_block`]), as an error of that
//! descriptor, and can clean up.
//!
//! [`would_block`]: crate::monkey::wait::would_block

use std::ffi::c_int;
use std::fs;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicU32, Ordering};

use libc::epoll_event;

use crate::hub::{self, Hub};
use crate::monkey::{errno, facts, patches};
use crate::patcher::category::Category;

/// What a descriptor can be ready for. That it is broken, or its peer gone, is never pretended: nobody
/// would look whether it is true.
const READY: c_int =
    libc::EPOLLIN | libc::EPOLLRDNORM | libc::EPOLLPRI | libc::EPOLLOUT | libc::EPOLLWRNORM;

/// With which descriptor of a set to begin, as a fraction of 2³². Not all may fit, and those that do must
/// not always be the same, however many sets take turns.
static FIRST: AtomicU32 = AtomicU32::new(0);

/// The golden ratio's part: steps of this length come everywhere soon.
const STEP: u32 = 0x9E37_79B9;

/// A descriptor in a set, as the system shows it.
struct Member {
    fd: RawFd,
    events: u32,
    data: u64,
}

/// Says that everything is ready. If there is nothing of which that could be said, the wait was
/// interrupted; `error` is for those who cannot be deceived.
///
/// # Safety
///
/// There is room for `n_events` events.
pub(super) unsafe fn pretend(
    epoll: RawFd,
    events: *mut epoll_event,
    n_events: c_int,
    error: c_int,
) -> c_int {
    if !patches::has(Category::Socket) {
        // Calls would go on to say that they would block.
        return errno::fail(error);
    }
    if hub::with(Hub::current_is_unwinding) {
        // Nothing is counted then, and whoever tries again for ever must not keep the hub.
        hub::pause_in_peace();
    }
    let members = match members(epoll) {
        Some(members) => members,
        None => return errno::fail(error),
    };
    let room = usize::try_from(n_events).unwrap_or(0).min(members.len());
    if room == 0 {
        return errno::fail(libc::EINTR);
    }
    let fraction = u64::from(FIRST.fetch_add(STEP, Ordering::Relaxed));
    let first = ((fraction * members.len() as u64) >> 32) as usize;
    for (i, member) in members.iter().cycle().skip(first).take(room).enumerate() {
        let event = epoll_event { events: member.events & READY as u32, u64: member.data };
        // SAFETY: as the caller says, and `i` is below `n_events`.
        unsafe { events.add(i).write(event) };
        member.disarm(epoll);
    }
    room as c_int
}

/// The descriptors of a set that can be said to be ready; none if the system does not show them.
fn members(epoll: RawFd) -> Option<Vec<Member>> {
    let path = format!("/proc/thread-self/fdinfo/{epoll}");
    match hub::as_library(|| fs::read_to_string(path)) {
        Ok(lines) => {
            Some(lines.lines().filter_map(Member::parse).filter(Member::bears_it).collect())
        }
        // The next attempt may find that there are descriptors again.
        Err(error) if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE)) => {
            Some(Vec::new())
        }
        Err(_) => None,
    }
}

impl Member {
    /// Reads a line such as `tfd:        5 events: 8000201d data:      7f0012345678  pos:0 ino:1 sdev:9`.
    fn parse(line: &str) -> Option<Self> {
        let value = |name| line.split_ascii_whitespace().skip_while(|word| *word != name).nth(1);
        Some(Member {
            fd: value("tfd:")?.parse().ok()?,
            events: u32::from_str_radix(value("events:")?, 16).ok()?,
            data: u64::from_str_radix(value("data:")?, 16).ok()?,
        })
    }

    fn bears_it(&self) -> bool {
        self.events & READY as u32 != 0 && !facts::is_waker(self.fd)
    }

    /// One that is to be told of once is not told of again before it is asked for.
    fn disarm(&self, epoll: RawFd) {
        if self.events & libc::EPOLLONESHOT as u32 == 0 {
            return;
        }
        let mut event = epoll_event { events: self.events & !(READY as u32), u64: self.data };
        // It fails if the descriptor is known by another number now: then it is told of once more.
        // SAFETY: the event is valid.
        unsafe { libc::epoll_ctl(epoll, libc::EPOLL_CTL_MOD, self.fd, &raw mut event) };
    }
}
