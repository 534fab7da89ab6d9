//! Why a put or a get did not happen.

use std::error::Error;
use std::fmt;

/// An item could not be put, and is given back: the queue was full, for as long as the caller
/// would wait, or it is [shut down](super::Base::is_shut_down).
///
/// # Examples
///
/// ```
/// use eventlet::queue::{Full, LightQueue};
///
/// let queue = LightQueue::new(Some(1));
/// queue.put("first").unwrap();
/// let Full(item) = queue.try_put("second").unwrap_err();
/// assert_eq!(item, "second");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Full<T>(pub T);

impl<T> fmt::Debug for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Full(..)")
    }
}

impl<T> fmt::Display for Full<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the queue is full or shut down")
    }
}

impl<T> Error for Full<T> {}

/// There was nothing to get: the queue was empty, for as long as the caller would wait, or it is
/// empty and [shut down](super::Base::is_shut_down).
///
/// # Examples
///
/// ```
/// use eventlet::queue::{Empty, LightQueue};
///
/// let queue = LightQueue::<i32>::new(None);
/// assert_eq!(queue.try_get(), Err(Empty));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Empty;

impl fmt::Display for Empty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the queue is empty or shut down")
    }
}

impl Error for Empty {}
