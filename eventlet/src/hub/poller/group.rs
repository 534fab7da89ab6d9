//! Several descriptors in a poller of their own, which is itself one descriptor to wait for.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};

/// A poller that is readable when one of its descriptors has become ready.
///
/// What green sockets have registered with the hub is not disturbed by it.
pub(in crate::hub) struct Group {
    poll: Poll,
}

impl Group {
    /// Watches for what is asked for; the same descriptor may be asked for several times.
    pub(in crate::hub) fn new(requests: &[libc::pollfd]) -> io::Result<Self> {
        let mut interests: BTreeMap<RawFd, Interest> = BTreeMap::new();
        for request in requests {
            let interest = interest(request.events);
            interests.entry(request.fd).and_modify(|all| *all |= interest).or_insert(interest);
        }
        let poll = Poll::new()?;
        for (fd, interest) in interests {
            poll.registry().register(&mut SourceFd(&fd), Token(0), interest)?;
        }
        Ok(Group { poll })
    }

    /// Forgets what has become ready, so that the next to do so is seen.
    pub(in crate::hub) fn drain(&mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(64);
        loop {
            self.poll.poll(&mut events, Some(Duration::ZERO))?;
            if events.is_empty() {
                return Ok(());
            }
        }
    }
}

/// What to watch for. Errors and hang-ups are always told.
fn interest(events: libc::c_short) -> Interest {
    let asked = [
        (libc::POLLIN, Interest::READABLE),
        (libc::POLLOUT, Interest::WRITABLE),
        #[cfg(target_os = "linux")]
        (libc::POLLPRI, Interest::PRIORITY),
    ];
    let asked = asked.into_iter().filter(|&(event, _)| events & event != 0);
    asked
        .map(|(_, interest)| interest)
        .reduce(|all, interest| all | interest)
        .unwrap_or(Interest::READABLE)
}

impl AsRawFd for Group {
    fn as_raw_fd(&self) -> RawFd {
        self.poll.as_raw_fd()
    }
}
