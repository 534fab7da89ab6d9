//! Green threads that borrow from the one that spawns them.

#[allow(unsafe_code, reason = "the hub does not know how long a closure may live")]
mod child;
mod children;
mod handle;

use std::fmt;
use std::io;
use std::marker::PhantomData;
use std::rc::Rc;

pub(super) use child::unbind;
pub use handle::ScopedGreenThread;

use super::{Exit, Start, plain_spec};
use crate::hub::{self, Hub, Spec};
use crate::unwind;
use children::Children;

/// Runs `f` with a scope in which green threads may borrow what is around it.
///
/// It is [`std::thread::scope`] for green threads: it does not end before all green threads of
/// the scope have, and then returns what `f` does. They need not be waited for one by one.
///
/// If `f` panics, or a kill or a timeout unwinds it or the wait for the others, all green threads
/// of the scope are killed, and this goes on unwinding when the last of them has ended. That wait
/// cannot be interrupted: a destructor there that waits for ever, or a green thread that catches
/// the kill and goes on, keeps the scope from ending.
///
/// # Panics
///
/// Panics if a green thread of the scope panicked and nobody has
/// [waited](ScopedGreenThread::wait) for its result, when all have ended. Those that were killed
/// do not count.
///
/// It panics with a list of who waits for what if nothing can ever wake the main context while it
/// waits here. The green threads are killed then, as in any panic; if even so nothing can end them,
/// the process is aborted.
///
/// # Switching
///
/// Switches unless all green threads have ended when `f` returns, even while the caller unwinds.
///
/// # Examples
///
/// ```
/// let mut lines = vec!["one".to_owned(), "two".to_owned()];
/// let mut n_letters = 0;
/// let n_words = eventlet::scope(|s| {
///     let counting = s.spawn(|| lines.len());
///     s.spawn(|| n_letters = lines.iter().map(String::len).sum());
///     counting.wait().unwrap()
/// });
/// lines.push("three".to_owned());
/// assert_eq!((n_words, n_letters), (2, 6));
/// ```
///
/// What is made inside does not live long enough:
///
/// ```compile_fail
/// eventlet::scope(|s| {
///     let inside = 5;
///     s.spawn(|| assert_eq!(inside, 5));
/// });
/// ```
#[track_caller]
pub fn scope<'env, F, T>(f: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let scope = Scope::new();
    let result = scope.enclose(OnPanic::Kill, || f(&scope));
    assert!(!scope.has_unseen_panic(), "a scoped green thread panicked");
    result
}

/// What becomes of the green threads of a scope whose body panics.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnPanic {
    Kill,
    Wait,
}

/// Where green threads are spawned that may borrow. Made by [`scope`].
///
/// `'scope` is how long the scope lasts, and what a green thread borrows must outlive it; `'env`,
/// which does, is how long the values around the scope are borrowed. See [`std::thread::Scope`].
///
/// # Examples
///
/// ```
/// use eventlet::Scope;
///
/// /// Writes both halves at the same time.
/// fn fill<'scope>(s: &'scope Scope<'scope, '_>, data: &'scope mut [u8]) {
///     let (left, right) = data.split_at_mut(data.len() / 2);
///     s.spawn(|| left.fill(1));
///     s.spawn(|| right.fill(2));
/// }
///
/// let mut data = [0; 4];
/// eventlet::scope(|s| fill(s, &mut data));
/// assert_eq!(data, [1, 1, 2, 2]);
/// ```
pub struct Scope<'scope, 'env: 'scope> {
    children: Rc<Children>,
    /// Invariant, as in std: else `'scope` could shrink, and a green thread borrow something that
    /// is gone before the scope is.
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

impl<'scope, 'env> Scope<'scope, 'env> {
    /// A scope of which nothing may be used but inside [`enclose`](Scope::enclose).
    pub(crate) fn new() -> Self {
        Scope { children: Rc::default(), scope: PhantomData, env: PhantomData }
    }

    /// Runs `body`, which may spawn in this scope. Returns, or unwinds, when all that was spawned
    /// has ended.
    ///
    /// If `body` panics, the others are waited for, or killed. A kill or a timeout, of `body` or of the
    /// wait for them, kills them in any case.
    pub(crate) fn enclose<T>(&self, on_panic: OnPanic, body: impl FnOnce() -> T) -> T {
        let had_raised = hub::try_with(Hub::has_raised).unwrap_or(false);
        let result = unwind::catch(body);
        let is_left = matches!(&result, Err(payload)
            if on_panic == OnPanic::Kill || !Exit::is_panic_payload(payload));
        let waited = if is_left { Ok(()) } else { unwind::catch(|| self.children.wait()) };
        let (result, payload) = match (result, waited) {
            (Ok(result), Ok(())) => return result,
            (Err(payload), Ok(())) => (None, payload),
            (Ok(result), Err(payload)) => (Some(result), payload),
            (Err(first), Err(payload)) => {
                unwind::dispose(first);
                (None, payload)
            }
        };
        self.children.end(had_raised);
        drop(result);
        unwind::raise(payload)
    }

    /// Whether one has panicked whose result nobody has fetched.
    pub(crate) fn has_unseen_panic(&self) -> bool {
        self.children.has_unseen_panic()
    }

    /// Starts a green thread that may borrow what outlives the scope, the scope itself included.
    ///
    /// In all else it is [`spawn`](crate::spawn); see [`Builder::spawn_scoped`] for names and stack
    /// sizes. In a scope that is ending because of a panic, a kill or a timeout, it is killed
    /// before it begins.
    ///
    /// [`Builder::spawn_scoped`]: crate::Builder::spawn_scoped
    ///
    /// # Panics
    ///
    /// Panics if no stack can be mapped.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let names = ["a".to_owned(), "b".to_owned()];
    /// eventlet::scope(|s| {
    ///     for name in &names {
    ///         s.spawn(move || {
    ///             s.spawn(move || assert_eq!(name.len(), 1));
    ///         });
    ///     }
    /// });
    /// ```
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, f: F) -> ScopedGreenThread<'scope, T>
    where
        F: FnOnce() -> T + 'scope,
        T: 'scope,
    {
        self.launch(plain_spec(), Start::Now, f).unwrap_or_else(|error| panic!("spawn: {error}"))
    }

    pub(super) fn launch<F, T>(
        &'scope self,
        spec: Spec,
        when: Start,
        f: F,
    ) -> io::Result<ScopedGreenThread<'scope, T>>
    where
        F: FnOnce() -> T + 'scope,
        T: 'scope,
    {
        let joint = child::start(&self.children, spec, when, f)?;
        Ok(ScopedGreenThread::new(joint, self.children.clone()))
    }
}

impl fmt::Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n_live = self.children.n_live();
        f.debug_struct("Scope").field("green_threads", &n_live).finish_non_exhaustive()
    }
}
