//! Detects that this process is a forked copy of the one that made a poller.
//!
//! Parent and child would share one epoll instance: what the child registers or removes there
//! changes what the parent is told. So a child without its own `exec` must not use the hubs it
//! inherited, and is told so.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::oslock::Once;

/// How many forks lie between this process and the first one that used the library.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// The process generation in which something was made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Generation(u32);

extern "C" fn count_fork() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}

/// How many forks lie between this process and the first one that made a hub.
pub(crate) fn n_forks() -> u32 {
    FORKS.load(Ordering::Relaxed)
}

impl Generation {
    /// This process's generation; from the first call on, forks are counted.
    pub(super) fn current() -> Self {
        static COUNTING: Once = Once::new();
        COUNTING.call_once(|| {
            // SAFETY: the handler only adds to an atomic, which is allowed in a forked child.
            unsafe { libc::pthread_atfork(None, None, Some(count_fork)) };
        });
        Generation(n_forks())
    }

    /// Fails in a forked child.
    #[inline]
    pub(super) fn check(self) -> io::Result<()> {
        if self.0 == n_forks() { Ok(()) } else { Err(forked()) }
    }
}

#[cold]
fn forked() -> io::Error {
    io::Error::other(
        "this process was forked without exec, and the hub belongs to its parent: fork before the \
         first green call, or use std::process::Command",
    )
}
