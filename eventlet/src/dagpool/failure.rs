//! Why a key has no value, and through which keys one learns of it.

use std::cell::OnceCell;
use std::error::Error;
use std::fmt;
use std::rc::Rc;

use crate::greenthread::Exit;
use crate::unwind;

/// A key has no value: its green thread failed, or that of a key that it needs.
///
/// Everyone who asks for the key gets a clone; that takes a moment only, however long the path is.
/// Returned from a green thread of the pool, by `?`, it becomes the failure of that green thread's
/// key too, and its path begins with that key then.
///
/// # Examples
///
/// ```
/// use eventlet::dagpool::DAGPool;
///
/// let pool = DAGPool::<&str, i32>::new();
/// pool.spawn("flour", [], |_, _| Err("out of stock".into()))?;
/// pool.spawn("dough", ["flour"], |_, needed| Ok(needed.wait_all()?["flour"]))?;
/// pool.spawn("bread", ["dough"], |_, needed| Ok(needed.wait_all()?["dough"]))?;
///
/// let error = pool.get("bread").unwrap_err();
/// assert_eq!(error.path(), ["bread", "dough", "flour"]);
/// assert_eq!(error.key(), &"flour");
/// assert_eq!(error.cause().to_string(), "out of stock");
/// assert_eq!(
///     error.to_string(),
///     r#""bread" needs "dough", which needs "flour", which failed: out of stock"#
/// );
/// # Ok::<(), eventlet::dagpool::SpawnError<&str>>(())
/// ```
pub struct PropagateError<K> {
    failure: Rc<Failure<K>>,
}

/// What made a green thread of a [`DAGPool`](super::DAGPool) fail.
///
/// # Examples
///
/// ```
/// use eventlet::dagpool::{Cause, DAGPool};
///
/// let pool = DAGPool::<&str, ()>::new();
/// pool.spawn("a", [], |_, _| panic!("no luck"))?;
/// let error = pool.get("a").unwrap_err();
/// assert!(matches!(error.cause(), Cause::Panicked(text) if text == "no luck"));
/// # Ok::<(), eventlet::dagpool::SpawnError<&str>>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// It returned this error, or someone posted it.
    Error(Box<dyn Error>),
    /// It panicked, with this text.
    Panicked(String),
    /// It was killed, or taken back before it began.
    Killed,
    /// A [`Timeout`](crate::Timeout) fired in it and was not handled.
    TimedOut,
}

/// The failure of one key.
struct Failure<K> {
    key: Rc<K>,
    /// The failure of the key that this one needed; none if it failed by itself.
    needed: Option<Rc<Failure<K>>>,
    /// Where it began, so that nobody has to walk there.
    root: Rc<Root<K>>,
    /// Written out when someone asks: a chain of failures would take a square of its length.
    path: OnceCell<Vec<K>>,
}

/// The failure that others follow from.
struct Root<K> {
    key: Rc<K>,
    cause: Cause,
}

impl<K> PropagateError<K> {
    /// The key failed by itself.
    pub(super) fn new(key: &Rc<K>, cause: Cause) -> Self {
        let root = Rc::new(Root { key: key.clone(), cause });
        Self::of(Failure { key: key.clone(), needed: None, root, path: OnceCell::new() })
    }

    /// The key failed because `needed` did.
    fn propagated(key: &Rc<K>, needed: Rc<Failure<K>>) -> Self {
        let root = needed.root.clone();
        Self::of(Failure { key: key.clone(), needed: Some(needed), root, path: OnceCell::new() })
    }

    fn of(failure: Failure<K>) -> Self {
        PropagateError { failure: Rc::new(failure) }
    }

    /// The key whose green thread failed: the last one of the path.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::dagpool::DAGPool;
    ///
    /// let pool = DAGPool::<&str, ()>::new();
    /// pool.spawn("a", [], |_, _| Err("no luck".into()))?;
    /// pool.spawn("b", ["a"], |_, needed| needed.wait_all().map(drop).map_err(Into::into))?;
    /// let error = pool.get("b").unwrap_err();
    /// assert_eq!(error.key(), &"a");
    /// # Ok::<(), eventlet::dagpool::SpawnError<&str>>(())
    /// ```
    pub fn key(&self) -> &K {
        &self.failure.root.key
    }

    /// Why it failed.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::dagpool::{Cause, DAGPool};
    ///
    /// let pool = DAGPool::<&str, ()>::new();
    /// pool.spawn("a", [], |_, _| Err("no luck".into()))?;
    /// pool.spawn("b", ["a"], |_, needed| needed.wait_all().map(drop).map_err(Into::into))?;
    /// let error = pool.get("b").unwrap_err();
    /// assert!(matches!(error.cause(), Cause::Error(error) if error.to_string() == "no luck"));
    /// # Ok::<(), eventlet::dagpool::SpawnError<&str>>(())
    /// ```
    pub fn cause(&self) -> &Cause {
        &self.failure.root.cause
    }

    /// Whether this is the end of a killed green thread, not of one that needed its value.
    pub(super) fn is_kill(&self) -> bool {
        self.failure.needed.is_none() && matches!(self.cause(), Cause::Killed)
    }
}

impl<K: Clone> PropagateError<K> {
    /// From the key that was asked for down to the one that failed: each one needs the next.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::dagpool::DAGPool;
    ///
    /// let pool = DAGPool::<&str, ()>::new();
    /// pool.spawn("a", [], |_, _| Err("no luck".into()))?;
    /// pool.spawn("b", ["a"], |_, needed| needed.wait_all().map(drop).map_err(Into::into))?;
    /// let error = pool.get("b").unwrap_err();
    /// assert_eq!(error.path(), ["b", "a"]);
    /// # Ok::<(), eventlet::dagpool::SpawnError<&str>>(())
    /// ```
    pub fn path(&self) -> &[K] {
        self.failure.path.get_or_init(|| {
            let failures = std::iter::successors(Some(&self.failure), |one| one.needed.as_ref());
            failures.map(|failure| (*failure.key).clone()).collect()
        })
    }
}

impl<K: Clone + fmt::Debug + 'static> PropagateError<K> {
    /// What a green thread that returned `error` failed with.
    pub(super) fn returned(key: &Rc<K>, error: Box<dyn Error>) -> Self {
        match error.downcast::<PropagateError<K>>() {
            Ok(needed) => Self::propagated(key, needed.failure.clone()),
            Err(error) => Self::new(key, Cause::Error(error)),
        }
    }
}

impl<K> Clone for PropagateError<K> {
    fn clone(&self) -> Self {
        PropagateError { failure: self.failure.clone() }
    }
}

impl<K> Drop for Failure<K> {
    /// One after the other: a long chain that ends would not fit on a green thread's stack.
    fn drop(&mut self) {
        let mut rest = self.needed.take();
        while let Some(mut failure) = rest.and_then(Rc::into_inner) {
            rest = failure.needed.take();
        }
    }
}

/// So many keys of a path are printed at its beginning, and as many at its end.
const N_PRINTED: usize = 4;

impl<K: Clone + fmt::Debug> fmt::Display for PropagateError<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        let n_left_out = path.len().saturating_sub(2 * N_PRINTED);
        write!(f, "{:?}", path[0])?;
        for (index, key) in path.iter().enumerate().skip(1) {
            let which = if index == 1 { "" } else { ", which" };
            if n_left_out > 0 && index == N_PRINTED {
                write!(f, "{which} needs {n_left_out} others in turn")?;
            }
            if n_left_out == 0 || !(N_PRINTED..N_PRINTED + n_left_out).contains(&index) {
                write!(f, "{which} needs {key:?}")?;
            }
        }
        let which = if path.len() == 1 { "" } else { ", which" };
        match self.cause() {
            Cause::Error(error) => write!(f, "{which} failed: {error}"),
            Cause::Panicked(text) => write!(f, "{which} panicked: {text}"),
            cause => write!(f, "{which} {cause}"),
        }
    }
}

impl<K: Clone + fmt::Debug> fmt::Debug for PropagateError<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PropagateError({self})")
    }
}

impl<K: Clone + fmt::Debug> Error for PropagateError<K> {
    /// What is behind the error that the text tells already.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause().source()
    }
}

impl Cause {
    pub(super) fn of_exit(exit: Exit) -> Self {
        if exit.is_killed() {
            Cause::Killed
        } else if exit.is_timeout() {
            Cause::TimedOut
        } else if exit.is_panic() {
            let payload = exit.into_panic();
            let text = unwind::message(&*payload).to_owned();
            unwind::dispose(payload);
            Cause::Panicked(text)
        } else {
            Cause::Error(Box::new(exit))
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Error(error) => error.fmt(f),
            Cause::Panicked(text) => f.write_str(text),
            Cause::Killed => f.write_str("was killed"),
            Cause::TimedOut => f.write_str("was ended by a timeout"),
        }
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Cause::Error(error) => error.source(),
            _ => None,
        }
    }
}
