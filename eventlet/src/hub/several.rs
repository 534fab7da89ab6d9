//! Waiting for several descriptors at once.

use std::io;
use std::os::fd::AsRawFd;
use std::time::Duration;

use super::io::{Guest, wait_ready};
use super::poller::{self, Direction, Group};
use super::registry::Homes;
use super::time::Time;

/// Waits until something can be said of one of the descriptors at least, or `timeout` has passed.
/// Says it in the requests, and of how many.
///
/// What the system says at this moment counts; that something has happened only ends the wait.
pub(crate) fn poll(requests: &mut [libc::pollfd], timeout: Option<Duration>) -> io::Result<usize> {
    let hub = super::current();
    hub.count_io_call(false);
    let n_ready = poller::poll_now(requests)?;
    if n_ready > 0 || timeout.is_some_and(|timeout| timeout.is_zero()) {
        return Ok(n_ready);
    }
    hub.refuse_if_unwinding()?;
    let deadline = timeout.map_or(Time::NEVER, |timeout| hub.deadline_in(timeout));
    let mut guest = Guest::new(&hub, Group::new(requests)?);
    let (fd, id, homes) = (guest.fd.as_raw_fd(), guest.id, Homes::default());
    loop {
        let is_in_time = wait_ready(fd, id, &homes, Direction::Read, deadline, false)?;
        // First, since what becomes ready from here on ends the next wait.
        guest.fd.drain()?;
        let n_ready = poller::poll_now(requests)?;
        if n_ready > 0 || !is_in_time {
            return Ok(n_ready);
        }
    }
}
