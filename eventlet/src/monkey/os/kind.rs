//! What kind of file a descriptor stands for, which says how to use it without waiting.

use std::os::fd::RawFd;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::monkey::facts;

/// A kind of file.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// Files and directories: they make nobody wait but for a disk. Also what is no descriptor at all:
    /// the system says so.
    Disk = 1,
    Socket,
    /// Pipes, terminals, and whatever else has someone at the other end.
    Stream,
}

/// The numbers of descriptors whose kind is remembered.
const N_KNOWN: usize = 1 << 16;

/// The kind of no descriptor of a higher number is remembered.
pub(super) const HIGHEST_KNOWN: RawFd = N_KNOWN as RawFd - 1;

/// What has been seen of each, 0 if nothing. It may be out of date, for the C library closes descriptors
/// where nobody sees it, and their numbers are used again. That a descriptor is a file is therefore
/// never believed: calls on it wait without asking. A wrong `Socket` or `Stream` is found out
/// by those who use it.
static KNOWN: [AtomicU8; N_KNOWN] = [const { AtomicU8::new(0) }; N_KNOWN];

/// What a descriptor most probably is.
pub(super) fn guess(fd: RawFd) -> Kind {
    match known(fd).map(|known| known.load(Ordering::Relaxed)) {
        Some(SOCKET) => Kind::Socket,
        Some(STREAM) => Kind::Stream,
        _ => look(fd),
    }
}

const SOCKET: u8 = Kind::Socket as u8;
const STREAM: u8 = Kind::Stream as u8;

fn known(fd: RawFd) -> Option<&'static AtomicU8> {
    KNOWN.get(usize::try_from(fd).ok()?)
}

/// A descriptor is about to be closed, or its number to be given to another file.
#[inline]
pub(super) fn forget(fd: RawFd) {
    if let Some(known) = known(fd)
        && known.load(Ordering::Relaxed) != 0
    {
        known.store(0, Ordering::Relaxed);
    }
}

/// What a descriptor is at this moment.
#[cold]
pub(super) fn look(fd: RawFd) -> Kind {
    let kind = ask(fd);
    if let Some(known) = known(fd) {
        known.store(kind as u8, Ordering::Relaxed);
    }
    kind
}

fn ask(fd: RawFd) -> Kind {
    match facts::file_type(fd) {
        Some(libc::S_IFREG | libc::S_IFDIR | libc::S_IFBLK) | None => Kind::Disk,
        Some(libc::S_IFSOCK) => Kind::Socket,
        Some(_) => Kind::Stream,
    }
}
