//! Things that happen: with a value once, as a flag that is set and cleared, or as a count that runs
//! out.

mod error;
mod flag;
mod wait_group;

use std::cell::{OnceCell, RefCell};
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

pub use error::EventError;
pub use flag::Flag;
pub use wait_group::{Hold, WaitGroup};

use crate::hub::{Hub, Time};
use crate::select::{Audience, Condition, Select, Source, Waitable};

/// Something that happens once, with a value or an error, and that any number of green threads wait
/// for.
///
/// Everyone gets a clone of the value. Those who wait are woken in the order they came. Sending
/// never switches. A clone of the event is the same event; it belongs to its OS thread.
///
/// For something that comes and goes, see [`Flag`].
///
/// # Examples
///
/// ```
/// use eventlet::{Event, spawn};
///
/// let event = Event::new();
/// let waiting: Vec<_> = (0..3)
///     .map(|_| {
///         let event = event.clone();
///         spawn(move || event.wait().unwrap())
///     })
///     .collect();
/// event.send("news");
/// for thread in waiting {
///     assert_eq!(thread.wait().unwrap(), "news");
/// }
/// ```
#[doc(alias = "AsyncResult")]
pub struct Event<T> {
    inner: Rc<Inner<T>>,
}

struct Inner<T> {
    /// Replaced by a reset: who was woken before gets what was sent before.
    outcome: RefCell<Rc<Outcome<T>>>,
    /// Those who wait for the outcome.
    audience: Audience,
}

/// What an event happens with, once.
type Outcome<T> = OnceCell<Result<T, EventError>>;

impl<T: Clone> Event<T> {
    /// Makes an event that has not happened.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let event = eventlet::Event::<i32>::new();
    /// assert!(!event.is_ready());
    /// ```
    pub fn new() -> Self {
        Event {
            inner: Rc::new(Inner { outcome: RefCell::default(), audience: Audience::default() }),
        }
    }

    /// Lets the event happen with a value.
    ///
    /// # Panics
    ///
    /// Panics if it has happened. [`try_send`](Event::try_send) says so instead.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let event = eventlet::Event::new();
    /// event.send(7);
    /// assert_eq!(event.wait().unwrap(), 7);
    /// ```
    #[track_caller]
    pub fn send(&self, value: T) {
        assert!(self.try_send(value).is_ok(), "the event has happened already; reset() it first");
    }

    /// Lets the event happen with a value, if it has not happened.
    ///
    /// # Errors
    ///
    /// Gives the value back if it has.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let event = eventlet::Event::new();
    /// assert_eq!(event.try_send(1), Ok(()));
    /// assert_eq!(event.try_send(2), Err(2));
    /// ```
    pub fn try_send(&self, value: T) -> Result<(), T> {
        self.happen(Ok(value)).map_err(|value| value.unwrap_or_else(|_| unreachable!("sent")))
    }

    /// Lets the event happen with an error, which is shared by all who wait.
    ///
    /// # Panics
    ///
    /// Panics if it has happened.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let event = eventlet::Event::<()>::new();
    /// event.send_error("no luck");
    /// assert_eq!(event.wait().unwrap_err().to_string(), "no luck");
    /// ```
    #[doc(alias = "send_exception")]
    #[track_caller]
    pub fn send_error(&self, error: impl Into<Box<dyn std::error::Error>>) {
        let sent = self.happen(Err(EventError::new(error.into())));
        assert!(sent.is_ok(), "the event has happened already; reset() it first");
    }

    fn happen(&self, result: Result<T, EventError>) -> Result<(), Result<T, EventError>> {
        self.inner.outcome().set(result)?;
        self.inner.audience.tell();
        Ok(())
    }

    /// Waits until the event happens, and returns its value.
    ///
    /// # Errors
    ///
    /// Fails if it happened with an error.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches unless the event has happened, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let event = eventlet::Event::new();
    /// let theirs = event.clone();
    /// eventlet::spawn(move || theirs.send(7));
    /// assert_eq!(event.wait().unwrap(), 7);
    /// ```
    pub fn wait(&self) -> Result<T, EventError> {
        self.wait_until(|_| Time::NEVER).expect("it is never given up")
    }

    /// What the event happened with, if it has.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(eventlet::Event::<()>::new().try_wait().is_none());
    /// ```
    #[doc(alias = "poll")]
    #[doc(alias = "poll_result")]
    #[doc(alias = "poll_exception")]
    pub fn try_wait(&self) -> Option<Result<T, EventError>> {
        self.inner.outcome().get().cloned()
    }

    /// Like [`wait`](Event::wait), for no longer than `limit`.
    ///
    /// # Switching
    ///
    /// Switches unless the event has happened, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let event = eventlet::Event::<()>::new();
    /// assert!(event.wait_timeout(Duration::from_millis(1)).is_none());
    /// ```
    pub fn wait_timeout(&self, limit: Duration) -> Option<Result<T, EventError>> {
        self.wait_until(|hub| hub.deadline_in(limit))
    }

    /// Like [`wait`](Event::wait), until `deadline`.
    ///
    /// # Switching
    ///
    /// Switches unless the event has happened, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let event = eventlet::Event::<()>::new();
    /// assert!(event.wait_deadline(std::time::Instant::now()).is_none());
    /// ```
    pub fn wait_deadline(&self, deadline: Instant) -> Option<Result<T, EventError>> {
        self.wait_until(|hub| hub.deadline_at(deadline))
    }

    fn wait_until(&self, deadline: impl FnOnce(&Hub) -> Time) -> Option<Result<T, EventError>> {
        let outcome = self.inner.outcome();
        if outcome.get().is_none() {
            self.inner.audience.wait("an event", deadline);
        }
        outcome.get().cloned()
    }

    /// Lets the event happen once more. Those who have been woken, but have not run, still get
    /// what was sent.
    ///
    /// # Panics
    ///
    /// Panics if it has not happened.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let event = eventlet::Event::new();
    /// event.send(1);
    /// event.reset();
    /// event.send(2);
    /// assert_eq!(event.wait().unwrap(), 2);
    /// ```
    #[track_caller]
    pub fn reset(&self) {
        assert!(self.is_ready(), "an event that has not happened cannot be reset");
        let old = self.inner.outcome.take();
        // The value is the user's: dropped while nothing is borrowed.
        drop(old);
    }
}

impl<T> Event<T> {
    /// Whether the event has happened.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let event = eventlet::Event::new();
    /// event.send(());
    /// assert!(event.is_ready());
    /// ```
    #[doc(alias = "ready")]
    #[doc(alias = "has_result")]
    pub fn is_ready(&self) -> bool {
        self.inner.outcome().get().is_some()
    }

    /// Whether the event has happened, with an error.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let event = eventlet::Event::<()>::new();
    /// event.send_error("no luck");
    /// assert!(event.is_error());
    /// ```
    #[doc(alias = "has_exception")]
    pub fn is_error(&self) -> bool {
        matches!(self.inner.outcome().get(), Some(Err(_)))
    }
}

impl<T> Inner<T> {
    fn outcome(&self) -> Rc<Outcome<T>> {
        self.outcome.borrow().clone()
    }
}

impl<T> Condition for Inner<T> {
    fn audience(&self) -> &Audience {
        &self.audience
    }

    fn holds(&self) -> bool {
        self.outcome().get().is_some()
    }
}

impl<T> Waitable for Event<T> {
    fn source(&self) -> &dyn Source {
        &*self.inner
    }
}

impl<T: Clone> Select for Event<T> {
    type Output = Result<T, EventError>;
    type Claim = Claim<T>;

    fn claim(&self) -> Claim<T> {
        Claim { outcome: self.inner.outcome() }
    }

    fn take_reserved(&self, claim: Claim<T>) -> Result<T, EventError> {
        claim.outcome.get().cloned().expect("an event wakes when it has happened")
    }
}

/// The outcome that one began to wait for.
#[doc(hidden)]
pub struct Claim<T> {
    outcome: Rc<Outcome<T>>,
}

impl<T: Clone> Default for Event<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Clone for Event<T> {
    /// The same event.
    fn clone(&self) -> Self {
        Event { inner: self.inner.clone() }
    }
}

impl<T> fmt::Debug for Event<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("is_ready", &self.is_ready()).finish_non_exhaustive()
    }
}
