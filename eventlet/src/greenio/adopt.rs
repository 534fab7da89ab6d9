//! Pipes that are taken over from std, and given back for others to use.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};

use super::flags::{is_nonblocking, set_nonblocking};
use super::source::{Kind, Source};

/// Takes over a descriptor with the mode that it has. One on which this fails cannot be read or
/// written, and every use of it will say so.
pub(crate) fn adopt<S: AsFd>(io: S, kind: Kind) -> Source<S> {
    let nonblocking = is_nonblocking(io.as_fd()).unwrap_or(false);
    if !nonblocking {
        let _ = set_nonblocking(io.as_fd(), true);
    }
    Source::new(io, kind, nonblocking)
}

/// Gives a descriptor back with the mode that it seemed to have: whoever gets it next, a child
/// process for one, knows nothing of green threads.
///
/// The mode belongs to the open file, which green duplicates share and need non-blocking. So one
/// that has any is given an open file of its own, where that is possible: on Linux, and for pipes.
/// Another kind of file has a place in it, too, which would be lost.
pub(crate) fn release<S: AsFd>(source: Source<S>) -> S {
    let (is_to_block, is_shared) = (!source.is_nonblocking(), source.has_duplicates());
    let io = source.into_inner();
    if is_to_block {
        // What fails here leaves it non-blocking.
        let _ = if is_shared { separate(io.as_fd()) } else { set_nonblocking(io.as_fd(), false) };
    }
    io
}

/// Opens a pipe anew, blocking, under the number that it has.
#[cfg(target_os = "linux")]
fn separate(fd: BorrowedFd<'_>) -> io::Result<()> {
    use std::fs::{OpenOptions, metadata};
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};

    let path = format!("/proc/self/fd/{}", fd.as_raw_fd());
    if !metadata(&path)?.file_type().is_fifo() {
        return Err(io::ErrorKind::Unsupported.into());
    }
    let access = super::flags::status_flags(fd)? & libc::O_ACCMODE;
    let new = OpenOptions::new()
        .read(access != libc::O_WRONLY)
        .write(access != libc::O_RDONLY)
        // Opening must not wait for the other end either, which may be closed.
        .custom_flags(libc::O_NONBLOCK)
        .open(path)?;
    set_nonblocking(new.as_fd(), false)?;
    // SAFETY: both descriptors are open. Under the old number there is the same pipe afterwards,
    // so that whoever owns or borrows it has what it had.
    if unsafe { libc::dup3(new.as_raw_fd(), fd.as_raw_fd(), libc::O_CLOEXEC) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn separate(_: BorrowedFd<'_>) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
