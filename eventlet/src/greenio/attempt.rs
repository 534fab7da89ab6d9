//! Trying and waiting apart, for those who must not wait in the middle of what they do.

use std::io;
use std::os::fd::AsFd;

use super::source::would_block;
use super::{Direction, Source};
use crate::hub::{self, Hub};

impl<S: AsFd> Source<S> {
    /// Moves up to `wanted` bytes if that is possible at once. Never switches.
    ///
    /// # Errors
    ///
    /// Fails as `operation` does, with "would block" if there is something to wait for first, and
    /// if the socket was closed.
    pub(crate) fn attempt(
        &self,
        direction: Direction,
        wanted: usize,
        operation: impl FnOnce(&S) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.check_open()?;
        let (fd, id) = self.place();
        let is_worth_it = || hub::with(|hub| hub.may_be_ready(fd, id, direction));
        if !self.is_nonblocking() && !is_worth_it() {
            return Err(io::Error::from_raw_os_error(libc::EAGAIN));
        }
        match hub::as_library(|| operation(self.get())) {
            Ok(moved) => {
                if moved == 0 {
                    self.check_open()?;
                }
                if moved < wanted && self.kind.is_done_when_short(direction) {
                    hub::with(|hub| hub.was_short(fd, id, direction));
                }
                Ok(moved)
            }
            Err(error) if would_block(&error) => {
                hub::with(|hub| hub.would_block(fd, id, direction));
                Err(error)
            }
            // What fails because of a `close` meanwhile says so.
            Err(error) => self.check_open().and(Err(error)),
        }
    }

    /// Waits until an attempt is worth it in one of these directions. It may return early.
    ///
    /// # Errors
    ///
    /// Fails with "would block" if the user has made the socket non-blocking or its timeout has
    /// passed, and if the socket was closed meanwhile.
    pub(crate) fn wait(&self, directions: &[Direction]) -> io::Result<()> {
        self.check_open()?;
        let (fd, id) = self.place();
        if self.is_nonblocking() {
            return Err(io::Error::from_raw_os_error(libc::EAGAIN));
        }
        if directions.iter().any(|&way| hub::with(|hub| hub.is_known_ready(fd, id, way))) {
            return Ok(());
        }
        let Some(deadline) = directions.iter().map(|&way| self.deadline(way)).min() else {
            return Ok(());
        };
        let patience = directions.iter().filter_map(|&way| self.kind.patience(way)).min();
        let until =
            patience.map_or(deadline, |patience| deadline.min(hub::with(Hub::now).after(patience)));
        let homes = &self.shared().homes;
        let is_ready = match directions {
            &[direction] => hub::wait_ready(fd, id, homes, direction, until, false)?,
            _ => hub::wait_ready_either(fd, id, homes, until)?,
        };
        self.check_open()?;
        if !is_ready && until == deadline {
            return Err(io::Error::from_raw_os_error(libc::EAGAIN));
        }
        if !is_ready {
            directions.iter().for_each(|&way| hub::with(|hub| hub.stir(fd, id, way)));
        }
        Ok(())
    }
}
