//! Whose code an OS thread runs: the program's, which the hub may make wait, or the library's.
//!
//! Only patched calls ask, so without the feature `monkey-patch` all of this is nothing.

#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
mod kept {
    use std::cell::Cell;

    use crate::{coroutine, oslock};

    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Whose {
        /// There is no hub here, so nobody could run while a call waits.
        NoHub,
        /// A green thread's, or the main context's.
        Program,
        /// The hub's, or the library's on behalf of the program.
        Library,
    }

    thread_local! {
        /// It has no destructor: system calls are made until the very end of a thread.
        static WHOSE: Cell<Whose> = const { Cell::new(Whose::NoHub) };
    }

    /// Notes that the program has a hub here, and runs.
    #[inline]
    pub(crate) fn program_runs() {
        WHOSE.set(Whose::Program);
    }

    /// Notes that the hub runs.
    #[inline]
    pub(crate) fn library_runs() {
        WHOSE.set(Whose::Library);
    }

    /// Notes that the hub of this thread is gone.
    pub(crate) fn hub_is_gone() {
        WHOSE.set(Whose::NoHub);
    }

    /// Whether a call may wait for its turn here: the program makes it, and not in a generator of
    /// its own, from where nobody can switch.
    #[inline]
    pub(crate) fn is_program() -> bool {
        WHOSE.get() == Whose::Program && !oslock::is_raw() && coroutine::is_switchable()
    }

    /// Runs a piece of the library that must not be taken for the program: its system calls are the
    /// system's.
    #[inline]
    pub(crate) fn as_library<R>(f: impl FnOnce() -> R) -> R {
        struct Restore(Whose);
        impl Drop for Restore {
            fn drop(&mut self) {
                WHOSE.set(self.0);
            }
        }
        let _restore = Restore(WHOSE.replace(match WHOSE.get() {
            Whose::NoHub => Whose::NoHub,
            _ => Whose::Library,
        }));
        f()
    }
}

#[cfg(not(all(feature = "monkey-patch", target_os = "linux")))]
mod kept {
    #[inline(always)]
    pub(crate) fn program_runs() {}

    #[inline(always)]
    pub(crate) fn library_runs() {}

    #[inline(always)]
    pub(crate) fn hub_is_gone() {}

    #[inline(always)]
    pub(crate) fn as_library<R>(f: impl FnOnce() -> R) -> R {
        f()
    }
}

pub(crate) use kept::*;
