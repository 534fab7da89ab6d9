//! Reading and writing of a file what can be moved at once: without waiting for a disk or a peer.
//!
//! Linux is asked for no more than that (`RWF_NOWAIT`). Other systems cannot be asked.

use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::BorrowedFd;

use super::flags::is_nonblocking;
use super::pauses::{Pauses, lacks_descriptors};
use crate::hub::{self, Direction, Time};

/// What has come of moving bytes at once.
pub(crate) enum AtOnce {
    /// So many were moved.
    Moved(usize),
    /// The system cannot be asked for that. The descriptor has just been ready, and moving something
    /// is likely not to wait.
    Ready,
    /// Nor need it be asked: an ordinary call does not wait, since the descriptor is non-blocking,
    /// or it may, since there is no hub.
    Ordinary,
}

/// Waits until bytes can be moved, and has `attempt` move what it can at once.
///
/// # Errors
///
/// Fails as `attempt` does, and with "would block" only if the descriptor is non-blocking.
pub(crate) fn move_at_once(
    fd: BorrowedFd<'_>,
    direction: Direction,
    mut attempt: impl FnMut() -> io::Result<usize>,
) -> io::Result<AtOnce> {
    if !hub::exists() {
        return Ok(AtOnce::Ordinary);
    }
    hub::with(|hub| hub.count_io_call(true));
    let mut pauses = Pauses::new(Time::NEVER);
    loop {
        let is_told = match attempt() {
            Ok(n_moved) => return Ok(AtOnce::Moved(n_moved)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => true,
            Err(error) if is_unsupported(&error) => false,
            Err(error) => return Err(error),
        };
        if is_nonblocking(fd)? {
            let would_block = || io::Error::from_raw_os_error(libc::EAGAIN);
            return if is_told { Err(would_block()) } else { Ok(AtOnce::Ordinary) };
        }
        match hub::with(|hub| hub.trampoline(fd, direction, None)) {
            Ok(_) if is_told => {}
            Ok(_) => return Ok(AtOnce::Ready),
            // What the poller is given is a duplicate.
            Err(error) if lacks_descriptors(&error) => _ = pauses.pause()?,
            Err(error) => return Err(error),
        }
    }
}

/// Reads what is in memory already, at `offset` or else where the file's position is.
///
/// # Errors
///
/// Fails with "would block" if it would have to wait, and as [`is_unsupported`] knows if the file
/// cannot tell.
pub(crate) fn read_at_once(
    fd: BorrowedFd<'_>,
    bufs: &mut [IoSliceMut<'_>],
    offset: Option<u64>,
) -> io::Result<usize> {
    system::read(fd, bufs, offset)
}

/// Writes what is taken at once, where the file's position is.
///
/// # Errors
///
/// Fails as [`read_at_once`] does.
pub(crate) fn write_at_once(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
    system::write(fd, bufs)
}

/// Whether the file, or the system, cannot say what can be moved at once.
fn is_unsupported(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EOPNOTSUPP | libc::ENOSYS))
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod system {
    use std::io::{self, IoSlice, IoSliceMut};
    use std::os::fd::{AsRawFd, BorrowedFd};

    /// Takes, and moves, the file's position.
    const WHERE_IT_IS: i64 = -1;

    /// The system takes no more buffers in one call.
    const MAX_BUFFERS: usize = 1024;

    pub(super) fn read(
        fd: BorrowedFd<'_>,
        bufs: &mut [IoSliceMut<'_>],
        offset: Option<u64>,
    ) -> io::Result<usize> {
        let offset = match offset.map(i64::try_from) {
            None => WHERE_IT_IS,
            Some(Ok(offset)) => offset,
            Some(Err(_)) => return Err(io::Error::from_raw_os_error(libc::EINVAL)),
        };
        let n_bufs = bufs.len().min(MAX_BUFFERS) as libc::c_int;
        let bufs = bufs.as_mut_ptr().cast();
        // SAFETY: the descriptor is open for as long as it is borrowed. `IoSliceMut` has the layout
        // of an `iovec` and borrows what it points to; there are at least so many of them.
        let moved =
            unsafe { libc::preadv2(fd.as_raw_fd(), bufs, n_bufs, offset, libc::RWF_NOWAIT) };
        usize::try_from(moved).map_err(|_| io::Error::last_os_error())
    }

    pub(super) fn write(fd: BorrowedFd<'_>, bufs: &[IoSlice<'_>]) -> io::Result<usize> {
        let n_bufs = bufs.len().min(MAX_BUFFERS) as libc::c_int;
        let bufs = bufs.as_ptr().cast();
        // SAFETY: as in `read`, and nothing is written to what the buffers point to.
        let moved =
            unsafe { libc::pwritev2(fd.as_raw_fd(), bufs, n_bufs, WHERE_IT_IS, libc::RWF_NOWAIT) };
        usize::try_from(moved).map_err(|_| io::Error::last_os_error())
    }
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
mod system {
    use std::io::{self, IoSlice, IoSliceMut};
    use std::os::fd::BorrowedFd;

    pub(super) fn read(
        _: BorrowedFd<'_>,
        _: &mut [IoSliceMut<'_>],
        _: Option<u64>,
    ) -> io::Result<usize> {
        Err(io::Error::from_raw_os_error(libc::ENOSYS))
    }

    pub(super) fn write(_: BorrowedFd<'_>, _: &[IoSlice<'_>]) -> io::Result<usize> {
        Err(io::Error::from_raw_os_error(libc::ENOSYS))
    }
}
