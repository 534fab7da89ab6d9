//! Whose the program's thread-local variables are.

/// Whose the variables of [`std::thread_local!`] are, and what std and crates keep for each thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ThreadLocals {
    /// Those of the OS thread, for all its green threads: the category `thread` is not patched.
    Unpatched,
    /// Those of the OS thread although `thread` is patched, since they cannot be told apart.
    #[non_exhaustive]
    Shared {
        /// Why; most often because the executable has been stripped of its symbols.
        why: &'static str,
    },
    /// Each green thread's own, if it began after `thread` was patched.
    #[non_exhaustive]
    Own {
        /// How many variables of the program each green thread has for itself.
        n_variables: usize,
        /// How many bytes they take.
        n_bytes: usize,
        /// What does not work all the same, in sentences: nothing, unless std or `parking_lot` are
        /// not as they are known.
        failures: &'static [&'static str],
    },
}

/// Tells whose the program's thread-local variables are.
///
/// With the category `thread`, each green thread has its own, as with Eventlet's patched
/// `threading.local`: they begin as those of a new OS thread do, and are dropped when the green thread
/// ends, whether it returns, panics or is killed. Crates that keep in thread-local variables what a
/// thread is in the middle of, tokio among them, need this.
///
/// It takes the symbols of the executable. Cargo keeps them, in release builds as well, unless the
/// profile says `strip = true` or `strip = "symbols"`. Variables of C, and those of shared libraries,
/// always belong to the OS thread.
///
/// Each has its own value, at one address for all of an OS thread. Other threads must not be given a
/// reference to it for a time in which the green thread waits: they would find someone else's. rayon
/// does so, with its pool's callers; they wait without letting others run, and are better off in
/// [`tpool::execute`](crate::tpool::execute). `ReentrantMutex` of `parking_lot` knows its owner by such
/// an address, and takes all green threads of an OS thread for one.
///
/// Destructors run when the green thread's function has ended, before its result is handed on. They
/// may wait; a kill or a timeout does not reach them. Links run afterwards and find new variables.
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use std::cell::Cell;
/// use eventlet::patcher::{ThreadLocals, thread_locals};
///
/// thread_local!(static CALLS: Cell<u32> = const { Cell::new(0) });
/// let call = || {
///     CALLS.set(CALLS.get() + 1);
///     eventlet::sleep(std::time::Duration::ZERO);
///     CALLS.get()
/// };
///
/// eventlet::monkey_patch();
/// assert!(matches!(thread_locals(), ThreadLocals::Own { .. }), "{:?}", thread_locals());
/// let (a, b) = (eventlet::spawn(call), eventlet::spawn(call));
/// assert_eq!((a.wait().unwrap(), b.wait().unwrap()), (1, 1));
/// assert_eq!(CALLS.get(), 0);
/// ```
pub fn thread_locals() -> ThreadLocals {
    #[cfg(target_os = "linux")]
    return crate::monkey::locals::whose();
    #[cfg(not(target_os = "linux"))]
    return ThreadLocals::Unpatched;
}
