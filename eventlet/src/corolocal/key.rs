//! What `green_local!` declares.

use std::any::Any;
use std::fmt;
use std::ptr;
use std::rc::Rc;

use crate::greenthread::{Destroyed, Locals, locals_of_current};

/// A variable of which each green thread has a value of its own. Made by
/// [`green_local!`](crate::green_local).
///
/// It is [`std::thread::LocalKey`] for green threads, and [`green::thread`](crate::green::thread) has it,
/// too. A value belongs to one green thread, so that waiting
/// while one uses it, or even borrows from it, is nothing special.
///
/// # Examples
///
/// ```
/// eventlet::green_local! {
///     static NAME: String = format!("green thread {}", eventlet::current().id());
/// }
///
/// let thread = eventlet::spawn(|| NAME.with(|name| name.clone()));
/// let expected = format!("green thread {}", thread.id());
/// assert_eq!(thread.wait().unwrap(), expected);
/// ```
pub struct LocalKey<T: 'static> {
    /// Makes the value of a green thread. With this, a key is never without a size, so that each
    /// has an address of its own.
    init: fn() -> T,
}

/// The value of a green-local variable has been destroyed, or is being destroyed.
///
/// # Examples
///
/// ```
/// use std::cell::Cell;
/// use std::rc::Rc;
///
/// eventlet::green_local! {
///     static LAST: Cell<Option<Last>> = Cell::new(None);
/// }
///
/// struct Last(Rc<Cell<String>>);
///
/// impl Drop for Last {
///     fn drop(&mut self) {
///         self.0.set(LAST.try_with(|_| ()).unwrap_err().to_string());
///     }
/// }
///
/// let text = Rc::new(Cell::default());
/// let last = Last(text.clone());
/// eventlet::spawn(move || LAST.set(Some(last))).wait().unwrap();
/// assert_eq!(text.take(), "already destroyed");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct AccessError;

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("already destroyed")
    }
}

impl std::error::Error for AccessError {}

impl<T: 'static> fmt::Debug for LocalKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKey").finish_non_exhaustive()
    }
}

impl<T: 'static> LocalKey<T> {
    #[doc(hidden)]
    pub const fn new(init: fn() -> T) -> Self {
        LocalKey { init }
    }

    /// Calls `f` with the value of this green thread, which is made first if there is none yet.
    ///
    /// # Panics
    ///
    /// Panics if the value is being destroyed, or has been: that is, in destructors of such values,
    /// and in callbacks that are linked to the end of a green thread.
    ///
    /// # Switching
    ///
    /// Switches only where `f` does, or what makes the value.
    ///
    /// # Examples
    ///
    /// ```
    /// eventlet::green_local!(static WORDS: Vec<&'static str> = vec!["a", "b"]);
    /// assert_eq!(WORDS.with(|words| words.len()), 2);
    /// ```
    #[track_caller]
    pub fn with<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        match self.value() {
            Ok(value) => f(&value),
            Err(error) => refused(error),
        }
    }

    /// Like [`with`](LocalKey::with), with an error where that panics.
    ///
    /// # Errors
    ///
    /// Fails if the value is being destroyed, or has been.
    ///
    /// # Switching
    ///
    /// Switches only where `f` does, or what makes the value.
    ///
    /// # Examples
    ///
    /// ```
    /// eventlet::green_local!(static WORDS: Vec<&'static str> = vec!["a", "b"]);
    /// assert_eq!(WORDS.try_with(|words| words.len()), Ok(2));
    /// ```
    pub fn try_with<F, R>(&'static self, f: F) -> Result<R, AccessError>
    where
        F: FnOnce(&T) -> R,
    {
        self.value().map(|value| f(&value))
    }

    /// What green threads know it by.
    fn address(&'static self) -> usize {
        ptr::from_ref(self).addr()
    }

    fn value(&'static self) -> Result<Rc<T>, AccessError> {
        match self.find()? {
            Some(value) => Ok(value),
            None => self.put((self.init)()),
        }
    }

    /// The value, if there is one yet.
    fn find(&'static self) -> Result<Option<Rc<T>>, AccessError> {
        let found = locals(|locals| locals.find(self.address()))?;
        Ok(found.map(|value| value.downcast().expect("a key has values of its type")))
    }

    /// Sets the value. If its making has made another one, that is dropped.
    fn put(&'static self, value: T) -> Result<Rc<T>, AccessError> {
        let value = Rc::new(value);
        let shared: Rc<dyn Any> = value.clone();
        let replaced = locals(|locals| locals.put(self.address(), shared))?;
        drop(replaced);
        Ok(value)
    }

    /// Lets `change` put a new value into the place of the old one. If there is none yet, it
    /// becomes the first, and none is made.
    #[track_caller]
    pub(super) fn assign(&'static self, new: T, change: impl FnOnce(&T, T)) {
        let assigned = self.find().and_then(|value| match value {
            Some(value) => {
                change(&value, new);
                Ok(())
            }
            None => self.put(new).map(drop),
        });
        assigned.unwrap_or_else(|error| refused(error));
    }
}

/// Calls `f` with the values of the caller.
fn locals<R>(f: impl FnOnce(&Locals) -> Result<R, Destroyed>) -> Result<R, AccessError> {
    locals_of_current(f).map_err(|Destroyed| AccessError)
}

#[cold]
#[track_caller]
fn refused(error: AccessError) -> ! {
    panic!("cannot access a Thread Local Storage value during or after destruction: {error:?}")
}
