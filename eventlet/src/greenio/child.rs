//! Waiting for the end of a child process without reaping it: that is left to std.

use std::io;
use std::os::fd::OwnedFd;

/// A descriptor that is readable when the process has ended.
///
/// Linux has them since 5.3. This fails, too, where a sandbox forbids it, and when the process has
/// no descriptor left.
#[cfg(target_os = "linux")]
pub(crate) fn pidfd_open(pid: u32) -> io::Result<OwnedFd> {
    use std::os::fd::{FromRawFd, RawFd};

    const NO_FLAGS: libc::c_uint = 0;
    // SAFETY: the call takes plain numbers.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid as libc::pid_t, NO_FLAGS) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the descriptor is new, and nobody else knows it. It closes on exec.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn pidfd_open(_: u32) -> io::Result<OwnedFd> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Blocks the OS thread until a child process has ended, or is nobody's child any more.
pub(crate) fn block_until_exit(pid: u32) {
    let which = libc::WEXITED | libc::WNOWAIT;
    loop {
        // SAFETY: an all-zero structure is valid, and the call only fills it.
        let answer = unsafe {
            let mut info: libc::siginfo_t = std::mem::zeroed();
            libc::waitid(libc::P_PID, pid as libc::id_t, &raw mut info, which)
        };
        if answer == 0 || io::Error::last_os_error().kind() != io::ErrorKind::Interrupted {
            return;
        }
    }
}
