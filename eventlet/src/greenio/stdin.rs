//! Standard input as the system sees it.

use std::io;
use std::os::fd::BorrowedFd;

/// Descriptor 0.
pub(crate) fn stdin_fd() -> BorrowedFd<'static> {
    // SAFETY: std lends it, too: it is this process's for as long as it lives, and none of ours to
    // close. Whoever closes it all the same makes calls fail.
    unsafe { BorrowedFd::borrow_raw(libc::STDIN_FILENO) }
}

/// Reads from descriptor 0, and blocks the OS thread if there is nothing to be read.
pub(crate) fn read_stdin(buf: &mut [u8]) -> io::Result<usize> {
    // SAFETY: the buffer is as long as the call is told. A descriptor that is closed is an error.
    let n_read = unsafe { libc::read(libc::STDIN_FILENO, buf.as_mut_ptr().cast(), buf.len()) };
    usize::try_from(n_read).map_err(|_| io::Error::last_os_error())
}

/// Whether standard input is a file on a disk, which is not waited for by readiness.
pub(crate) fn is_stdin_on_disk() -> io::Result<bool> {
    // SAFETY: an all-zero structure is valid, and the call only fills it.
    let (answer, stat) = unsafe {
        let mut stat: libc::stat = std::mem::zeroed();
        (libc::fstat(libc::STDIN_FILENO, &raw mut stat), stat)
    };
    if answer < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(matches!(stat.st_mode & libc::S_IFMT, libc::S_IFREG | libc::S_IFBLK | libc::S_IFDIR))
}
