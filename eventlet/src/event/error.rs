//! The error that an event happened with.

use std::error::Error;
use std::fmt;
use std::rc::Rc;

/// The error that an [`Event`](super::Event) happened with. Everyone who waits gets a clone.
///
/// # Examples
///
/// ```
/// use std::io;
///
/// let event = eventlet::Event::<()>::new();
/// event.send_error(io::Error::other("the disk is full"));
/// let error = event.wait().unwrap_err();
/// assert_eq!(error.to_string(), "the disk is full");
/// assert!(error.get_ref().is::<io::Error>());
/// ```
#[derive(Clone)]
pub struct EventError {
    error: Rc<dyn Error>,
}

impl EventError {
    pub(super) fn new(error: Box<dyn Error>) -> Self {
        EventError { error: error.into() }
    }

    /// The error that was sent, to look at or to downcast.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io;
    ///
    /// let event = eventlet::Event::<()>::new();
    /// event.send_error(io::Error::from(io::ErrorKind::NotFound));
    /// let error = event.wait().unwrap_err();
    /// let error: &io::Error = error.get_ref().downcast_ref().unwrap();
    /// assert_eq!(error.kind(), io::ErrorKind::NotFound);
    /// ```
    pub fn get_ref(&self) -> &(dyn Error + 'static) {
        &*self.error
    }
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl fmt::Debug for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)
    }
}

impl Error for EventError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.error.source()
    }
}
