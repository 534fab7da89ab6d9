//! `select` and `pselect`, which take sets of descriptors.

use std::ffi::{c_int, c_short, c_ulong};
use std::os::fd::RawFd;
use std::time::Duration;

use libc::{fd_set, sigset_t, timespec, timeval};

use super::limit::{Limit, NO_TIME};
use super::watch::{Interest, Watch};
use crate::hub::{self, Hub};
use crate::monkey::errno;

patched! {
    /// Waits until one of the descriptors in these sets is ready.
    [Select] fn select(
        n_fds: c_int,
        read: *mut fd_set,
        write: *mut fd_set,
        except: *mut fd_set,
        timeout: *mut timeval,
    ) -> c_int => select_micros;
    /// Waits until one of the descriptors in these sets is ready, or a signal comes that is let through.
    [Select] fn pselect(
        n_fds: c_int,
        read: *mut fd_set,
        write: *mut fd_set,
        except: *mut fd_set,
        timeout: *const timespec,
        mask: *const sigset_t,
    ) -> c_int => select_masked;
}

unsafe fn select_micros(
    n_fds: c_int,
    read: *mut fd_set,
    write: *mut fd_set,
    except: *mut fd_set,
    timeout: *mut timeval,
) -> c_int {
    // SAFETY: the caller keeps the contract of the C function, here and below.
    let limit = unsafe { Limit::of_timeval(timeout) };
    if limit == Limit::Invalid {
        // SAFETY: as above.
        return unsafe { originals::select(n_fds, read, write, except, timeout) };
    }
    // SAFETY: as above.
    let sets = unsafe { Sets::new(n_fds, [read, write, except]) };
    let begun = hub::with(Hub::now);
    let n_ready = sets.wait(limit, false, |[read, write, except]| {
        let mut no_time = timeval { tv_sec: 0, tv_usec: 0 };
        // SAFETY: as above; the sets are the caller's own, or null.
        unsafe { originals::select(n_fds, read, write, except, &raw mut no_time) }
    });
    if let Limit::After(limit) = limit
        && n_ready >= 0
    {
        let rest = limit.saturating_sub(hub::with(Hub::now).since(begun));
        // SAFETY: as above, and it is not null, for there is a limit.
        unsafe { *timeout = timeval_of(rest) };
    }
    n_ready
}

unsafe fn select_masked(
    n_fds: c_int,
    read: *mut fd_set,
    write: *mut fd_set,
    except: *mut fd_set,
    timeout: *const timespec,
    mask: *const sigset_t,
) -> c_int {
    // SAFETY: the caller keeps the contract of the C function, here and below.
    let limit = unsafe { Limit::of_timespec(timeout) };
    if limit == Limit::Invalid {
        // SAFETY: as above.
        return unsafe { originals::pselect(n_fds, read, write, except, timeout, mask) };
    }
    // SAFETY: as above.
    let sets = unsafe { Sets::new(n_fds, [read, write, except]) };
    sets.wait(limit, !mask.is_null(), |[read, write, except]| {
        // SAFETY: as above; the sets are the caller's own, or null.
        unsafe { originals::pselect(n_fds, read, write, except, &raw const NO_TIME, mask) }
    })
}

fn timeval_of(time: Duration) -> timeval {
    let tv_sec = time.as_secs().try_into().unwrap_or(libc::time_t::MAX);
    timeval { tv_sec, tv_usec: time.subsec_micros().into() }
}

/// How many descriptors a word of a set is for.
const BITS: usize = c_ulong::BITS as usize;

/// What is looked for in each of the three sets.
const EVENTS: [c_short; 3] = [libc::POLLIN, libc::POLLOUT, libc::POLLPRI];

/// How many descriptors the process has room for at present: the system looks no further. Programs that
/// give the highest number of descriptors that there may be have sets that are much smaller.
fn table_size() -> usize {
    let error = errno::get();
    let status = hub::as_library(|| std::fs::read_to_string("/proc/self/status"));
    errno::set(error);
    let size = |status: String| {
        status.lines().find_map(|line| line.strip_prefix("FDSize:")?.trim().parse().ok())
    };
    status.ok().and_then(size).unwrap_or(libc::FD_SETSIZE)
}

/// The sets of a call. The system replaces what they contain by what is ready, which may be nothing.
struct Sets {
    /// The caller's; null where it has none.
    given: [*mut fd_set; 3],
    /// What they contained at first, as far as it counts.
    asked: [Vec<c_ulong>; 3],
}

impl Sets {
    /// # Safety
    ///
    /// As long as this is used, the sets are null, or can be read and written up to the bit `n_fds`, or as
    /// far as the system looks at them if that is less.
    unsafe fn new(n_fds: c_int, given: [*mut fd_set; 3]) -> Self {
        let n_fds = usize::try_from(n_fds).unwrap_or(0);
        let n_words = if n_fds > libc::FD_SETSIZE { n_fds.min(table_size()) } else { n_fds };
        let n_words = n_words.div_ceil(BITS);
        let asked = given.map(|set| {
            if set.is_null() {
                return Vec::new();
            }
            // SAFETY: as the caller says; a set consists of such words.
            unsafe { std::slice::from_raw_parts(set.cast::<c_ulong>(), n_words) }.to_vec()
        });
        Sets { given, asked }
    }

    /// Waits until `look`, which must not wait, finds something in the sets that it is given.
    fn wait(
        &self,
        limit: Limit,
        has_mask: bool,
        mut look: impl FnMut([*mut fd_set; 3]) -> c_int,
    ) -> c_int {
        let watch = Watch { limit, has_mask, is_plain: false };
        watch.wait(
            || self.interests(),
            || {
                self.ask_again();
                look(self.given)
            },
            errno::fail,
        )
    }

    /// Makes the caller's sets what they were at first.
    fn ask_again(&self) {
        for (&given, asked) in self.given.iter().zip(&self.asked) {
            // SAFETY: it has so many words, by the contract of `new`, or none of either.
            unsafe {
                given.cast::<c_ulong>().copy_from_nonoverlapping(asked.as_ptr(), asked.len())
            };
        }
    }

    fn interests(&self) -> Vec<Interest> {
        let members = |(asked, events): (&Vec<c_ulong>, c_short)| {
            let is_member = |fd: usize| asked[fd / BITS] >> (fd % BITS) & 1 != 0;
            let fds = (0..asked.len() * BITS).filter(|&fd| is_member(fd));
            fds.map(|fd| Interest { fd: fd as RawFd, events }).collect::<Vec<_>>()
        };
        self.asked.iter().zip(EVENTS).flat_map(members).collect()
    }
}
