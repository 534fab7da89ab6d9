//! Waiting until something may have happened to a child process.

use std::ffi::c_int;
use std::os::fd::{BorrowedFd, OwnedFd, RawFd};

use libc::{id_t, idtype_t, pid_t, siginfo_t};

use super::waitid::originals;
use crate::greenio::pidfd_open;
use crate::hub;
use crate::monkey::elsewhere::{self, calmly};
use crate::monkey::errno;

/// Calls that do not wait, or wait for the children of their own OS thread, which no other one can.
const AS_THEY_ARE: c_int = libc::WNOHANG | libc::__WNOTHREAD;

/// Whether a call with these options is to be left to the original.
pub(super) fn is_as_it_is(options: c_int) -> bool {
    options & AS_THEY_ARE != 0
}

/// Which children a call waits for, in the words of `waitid`.
#[derive(Clone, Copy)]
pub(super) struct Children {
    pub(super) kind: idtype_t,
    pub(super) id: id_t,
    /// What is to happen to them.
    pub(super) options: c_int,
}

impl Children {
    /// Those that `waitpid` means.
    pub(super) fn of_pid(pid: pid_t, options: c_int) -> Self {
        let (kind, id) = match pid {
            -1 => (libc::P_ALL, 0),
            // SAFETY: it takes nothing, and cannot fail.
            0 => (libc::P_PGID, unsafe { libc::getpgrp() }.unsigned_abs()),
            ..-1 => (libc::P_PGID, pid.unsigned_abs()),
            _ => (libc::P_PID, pid.unsigned_abs()),
        };
        Children { kind, id, options: options | libc::WEXITED }
    }

    /// Repeats `attempt`, which asks without waiting, until it has an answer.
    ///
    /// # Errors
    ///
    /// Fails with a number for what is thrown at the green thread.
    pub(super) fn wait<R>(self, mut attempt: impl FnMut() -> Option<R>) -> Result<R, c_int> {
        if let Some(answer) = attempt() {
            return Ok(answer);
        }
        let mut exit = self.exit();
        loop {
            // Whoever is still a child of ours is the one that the descriptor stands for.
            if let Some(answer) = attempt() {
                return Ok(answer);
            }
            // It tells one thing, once: what has ended may yet belong to a debugger.
            let joined = exit.take().map(|exit| calmly(|| hub::join_readable(exit))).transpose()?;
            if !matches!(joined, Some(Ok(()))) {
                elsewhere::apart(move || self.block())?;
            }
        }
    }

    /// A descriptor for the end of the process, if that is all that is waited for. Old kernels have none,
    /// and sandboxes may forbid it.
    fn exit(self) -> Option<OwnedFd> {
        let others = libc::WSTOPPED | libc::WCONTINUED;
        if self.options & others != 0 {
            return None;
        }
        let before = errno::get();
        let exit = match self.kind {
            libc::P_PID => pidfd_open(self.id),
            libc::P_PIDFD => {
                // SAFETY: it is open, since `waitid` has just accepted it.
                let exit = unsafe { BorrowedFd::borrow_raw(self.id as RawFd) };
                exit.try_clone_to_owned()
            }
            _ => return None,
        };
        errno::set(before);
        exit.ok()
    }

    /// Blocks the OS thread until there is something to say, which is left for others to hear.
    fn block(self) {
        // SAFETY: an all-zero structure is valid.
        let mut info: siginfo_t = unsafe { std::mem::zeroed() };
        // An error is for the next attempt to find, but for an interruption, which is nobody's.
        // SAFETY: there is place for the answer.
        while unsafe {
            originals::waitid(self.kind, self.id, &raw mut info, self.options | libc::WNOWAIT)
        } != 0
            && errno::get() == libc::EINTR
        {}
    }
}
