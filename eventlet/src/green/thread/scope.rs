//! Green threads that borrow, in std's way.

use std::panic::RefUnwindSafe;
use std::{fmt, io, thread};

use super::Thread;
use crate::greenthread::{self, OnPanic, ScopedGreenThread};

/// Runs `f` with a scope in which green threads may borrow what is around it; std's
/// [`scope`](thread::scope).
///
/// It does not end before all green threads of the scope have. As in std, a panic of `f` is passed on
/// when the others have ended by themselves. A kill or a timeout, while `f` runs or while the others
/// are waited for, kills them, as in [`eventlet::scope`](crate::scope).
///
/// # Panics
///
/// Panics with "a scoped thread panicked" if one has, and nobody has joined it. Panics in the main
/// context where the hub finds that nothing can ever end the wait.
///
/// # Switching
///
/// Switches unless all green threads have ended when `f` returns, even while the caller unwinds.
///
/// # Examples
///
/// ```
/// use eventlet::green::thread;
///
/// let mut lines = vec!["one".to_owned(), "two".to_owned()];
/// let mut n_letters = 0;
/// let n_words = thread::scope(|s| {
///     let counting = s.spawn(|| lines.len());
///     s.spawn(|| n_letters = lines.iter().map(String::len).sum());
///     counting.join().unwrap()
/// });
/// lines.push("three".to_owned());
/// assert_eq!((n_words, n_letters), (2, 6));
/// ```
///
/// What is made inside does not live long enough:
///
/// ```compile_fail
/// eventlet::green::thread::scope(|s| {
///     let inside = 5;
///     s.spawn(|| assert_eq!(inside, 5));
/// });
/// ```
#[track_caller]
pub fn scope<'env, F, T>(f: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let scope = Scope { inner: greenthread::Scope::new() };
    let result = scope.inner.enclose(OnPanic::Wait, || f(&scope));
    assert!(!scope.inner.has_unseen_panic(), "a scoped thread panicked");
    result
}

/// Where green threads are spawned that may borrow; std's [`Scope`](thread::Scope). Made by
/// [`scope`].
///
/// Like the green threads it stays on its OS thread, so unlike std's it is not `Send` or `Sync`.
/// Nor need be what is spawned.
///
/// # Examples
///
/// ```
/// use eventlet::green::thread::{self, Scope};
///
/// /// Writes both halves at the same time.
/// fn fill<'scope>(s: &'scope Scope<'scope, '_>, data: &'scope mut [u8]) {
///     let (left, right) = data.split_at_mut(data.len() / 2);
///     s.spawn(|| left.fill(1));
///     s.spawn(|| right.fill(2));
/// }
///
/// let mut data = [0; 4];
/// thread::scope(|s| fill(s, &mut data));
/// assert_eq!(data, [1, 1, 2, 2]);
/// ```
pub struct Scope<'scope, 'env: 'scope> {
    inner: greenthread::Scope<'scope, 'env>,
}

// What a scope keeps of its threads is never left half changed.
impl RefUnwindSafe for Scope<'_, '_> {}

impl<'scope, 'env> Scope<'scope, 'env> {
    /// Starts a green thread that may borrow what outlives the scope, the scope itself included.
    ///
    /// # Panics
    ///
    /// Panics if no stack can be mapped; [`Builder::spawn_scoped`](super::Builder::spawn_scoped)
    /// returns that as an error.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::thread;
    ///
    /// let names = ["a".to_owned(), "b".to_owned()];
    /// thread::scope(|s| {
    ///     for name in &names {
    ///         s.spawn(move || {
    ///             s.spawn(move || assert_eq!(name.len(), 1));
    ///         });
    ///     }
    /// });
    /// ```
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, f: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + 'scope,
        T: 'scope,
    {
        self.start(greenthread::Builder::new(), f).expect("failed to spawn thread")
    }

    #[track_caller]
    pub(super) fn start<F, T>(
        &'scope self,
        builder: greenthread::Builder,
        f: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + 'scope,
        T: 'scope,
    {
        let green = builder.spawn_scoped(&self.inner, f)?;
        let thread = Thread::new(green.identity());
        Ok(ScopedJoinHandle { green, thread })
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("inner", &self.inner).finish_non_exhaustive()
    }
}

/// A green thread of a [`scope`] whose result can be waited for; std's
/// [`ScopedJoinHandle`](thread::ScopedJoinHandle).
///
/// Like the scope it stays on its OS thread.
///
/// # Examples
///
/// ```
/// use eventlet::green::thread;
///
/// let text = String::from("hello");
/// assert_eq!(thread::scope(|s| s.spawn(|| text.len()).join().unwrap()), 5);
/// ```
pub struct ScopedJoinHandle<'scope, T> {
    green: ScopedGreenThread<'scope, T>,
    thread: Thread,
}

impl<'scope, T> ScopedJoinHandle<'scope, T> {
    /// Which green thread it is.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::thread;
    ///
    /// thread::scope(|s| {
    ///     let handle = s.spawn(|| thread::current().id());
    ///     let id = handle.thread().id();
    ///     assert_eq!(handle.join().unwrap(), id);
    /// });
    /// ```
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    /// Waits for the end and returns the result, or the payload of the panic. The scope does not panic
    /// for that then.
    ///
    /// # Errors
    ///
    /// Fails as [`JoinHandle::join`](super::JoinHandle::join) does.
    ///
    /// # Panics
    ///
    /// Panics where [`JoinHandle::join`](super::JoinHandle::join) does.
    ///
    /// # Switching
    ///
    /// Switches unless the green thread has ended, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::thread;
    ///
    /// thread::scope(|s| {
    ///     let payload = s.spawn(|| panic!("no luck")).join().unwrap_err();
    ///     assert_eq!(payload.downcast_ref(), Some(&"no luck"));
    /// });
    /// ```
    pub fn join(self) -> thread::Result<T> {
        self.green.wait().map_err(crate::Exit::into_payload)
    }

    /// Whether it has ended, so that [`join`](ScopedJoinHandle::join) would not wait.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::thread;
    ///
    /// thread::scope(|s| {
    ///     let handle = s.spawn(|| ());
    ///     assert!(!handle.is_finished());
    ///     thread::yield_now();
    ///     assert!(handle.is_finished());
    /// });
    /// ```
    pub fn is_finished(&self) -> bool {
        self.green.is_dead()
    }
}

impl<T> fmt::Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopedJoinHandle").finish_non_exhaustive()
    }
}
