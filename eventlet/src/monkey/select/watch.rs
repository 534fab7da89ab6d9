//! The wait that all of these calls have in common.

use std::ffi::{c_int, c_short};
use std::os::fd::{BorrowedFd, RawFd};
use std::time::Duration;

use super::limit::Limit;
use crate::hub::{self, Direction, Time, Visit};
use crate::monkey::errno;
use crate::monkey::wait::errno_of;

/// How often the system is asked for the sake of signals that only the call lets through.
const FOR_SIGNALS: Duration = Duration::from_millis(20);

/// How often it is asked at first, and at last, if there is no other way to hear of anything, for lack of
/// memory or of the system's own limits.
const PAUSES: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(50));

/// What a call waits for.
#[derive(Clone, Copy)]
pub(super) struct Interest {
    pub(super) fd: RawFd,
    /// As for `poll`.
    pub(super) events: c_short,
}

/// A call that waits for descriptors.
pub(super) struct Watch {
    pub(super) limit: Limit,
    /// Whether it lets signals through that are blocked otherwise.
    pub(super) has_mask: bool,
    /// Whether everything that happens to a descriptor is of interest: then it may be looked for each
    /// time.
    pub(super) is_plain: bool,
}

impl Watch {
    /// Has `look` ask the system, which must not wait, until it has something to say or the time is up;
    /// waits for what `interests` names in between. If something is thrown at the caller, `give_up` makes
    /// the call's result of the error that it stands for.
    pub(super) fn wait(
        &self,
        interests: impl FnOnce() -> Vec<Interest>,
        mut look: impl FnMut() -> c_int,
        give_up: impl FnOnce(c_int) -> c_int,
    ) -> c_int {
        errno::kept_on_success(|| {
            // Who asks over and over lets the others run, or it might never become so.
            let thrown = hub::count_call(false, || true);
            let n_ready = look();
            let result = match thrown {
                // What is ready is said to be so, and who then tries it is told of the throw.
                Some(_) if n_ready != 0 => {
                    hub::count_again();
                    Ok(n_ready)
                }
                Some(thrown) => Err(errno_of(thrown)),
                None if n_ready != 0 || self.limit == Limit::ZERO => Ok(n_ready),
                None => self.wait_for(&interests(), &mut look),
            };
            result.unwrap_or_else(give_up)
        })
    }

    /// # Errors
    ///
    /// The number of an error, if something is thrown at the caller.
    fn wait_for(
        &self,
        interests: &[Interest],
        look: &mut dyn FnMut() -> c_int,
    ) -> Result<c_int, c_int> {
        let deadline = match self.limit {
            Limit::After(limit) => hub::with(|hub| hub.deadline_in(limit)),
            _ => Time::NEVER,
        };
        let (mut looks_first, mut pause) = (true, PAUSES.0);
        loop {
            let until = if self.has_mask { deadline.min(after(FOR_SIGNALS)) } else { deadline };
            let mut is_over = false;
            match hub::visit_any(interests.iter().flat_map(halves), until, looks_first) {
                Visit::Ready | Visit::Closed => {}
                Visit::TimedOut => is_over = until == deadline,
                Visit::Thrown(thrown) => return Err(errno_of(thrown)),
                Visit::Unwinding => return Err(libc::ECANCELED),
                Visit::Failed(_) => {
                    let until = deadline.min(after(pause));
                    pause = (2 * pause).min(PAUSES.1);
                    match hub::visit_any([], until, false) {
                        Visit::Thrown(thrown) => return Err(errno_of(thrown)),
                        _ => is_over = until == deadline,
                    }
                }
            }
            let n_ready = look();
            if n_ready != 0 || is_over {
                return Ok(n_ready);
            }
            looks_first = self.is_plain;
        }
    }
}

fn after(pause: Duration) -> Time {
    hub::with(|hub| hub.deadline_in(pause))
}

/// The halves of a descriptor that have to do with what is of interest. Errors are told to both.
fn halves(interest: &Interest) -> impl Iterator<Item = (BorrowedFd<'static>, Direction)> {
    const READ: c_short =
        libc::POLLIN | libc::POLLRDNORM | libc::POLLRDBAND | libc::POLLPRI | libc::POLLRDHUP;
    const WRITE: c_short = libc::POLLOUT | libc::POLLWRNORM | libc::POLLWRBAND;
    let writes = interest.events & WRITE != 0;
    let reads = !writes || interest.events & READ != 0;
    // SAFETY: the system has just looked at it, and nothing is closed while nobody else runs.
    let fd = (interest.fd >= 0).then(|| unsafe { BorrowedFd::borrow_raw(interest.fd) });
    let read = fd.filter(|_| reads).map(|fd| (fd, Direction::Read));
    let write = fd.filter(|_| writes).map(|fd| (fd, Direction::Write));
    read.into_iter().chain(write)
}
