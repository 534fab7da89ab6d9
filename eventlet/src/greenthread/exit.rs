//! How a green thread ended.

use std::any::Any;
use std::{fmt, io};

use crate::hub::{AlarmFired, UnwindMark};
use crate::unwind::{self, Payload};

/// What a kill unwinds with. Eventlet's `GreenletExit`.
pub(crate) struct Killed {
    mark: UnwindMark,
}

impl Killed {
    /// The payload of a kill of the green thread with this id.
    pub(super) fn payload(id: u64) -> Payload {
        Box::new(Killed { mark: UnwindMark::new(id) })
    }

    /// Whether it was meant for the green thread with this id.
    pub(super) fn is_of(&self, id: u64) -> bool {
        self.mark.is_of(id)
    }
}

/// The hub of a green thread has ended before it, or did not take it any more.
pub(crate) struct Abandoned;

/// Why a green thread has no result: it was killed, panicked, or was ended by a
/// [`Timeout`](crate::Timeout) that it did not handle; or, in another hub, it was abandoned.
///
/// # Examples
///
/// ```
/// let exit = eventlet::spawn(|| panic!("no luck")).wait().unwrap_err();
/// assert!(exit.is_panic());
/// assert_eq!(exit.to_string(), "the green thread panicked: no luck");
/// ```
#[doc(alias = "GreenletExit")]
pub struct Exit {
    status: ExitStatus,
    payload: Payload,
}

/// In what way a green thread ended, without its result: what a link is told.
///
/// # Examples
///
/// ```
/// let said = eventlet::Event::new();
/// let theirs = said.clone();
/// eventlet::spawn_n(|| ()).link(move |status| theirs.send(*status));
/// assert!(said.wait().unwrap().is_success());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ExitStatus {
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Success,
    Killed,
    Panicked,
    TimedOut,
    Abandoned,
}

impl Kind {
    /// What ends with such a payload.
    fn of(payload: &Payload) -> Self {
        if payload.is::<Killed>() {
            Kind::Killed
        } else if payload.is::<AlarmFired>() {
            Kind::TimedOut
        } else if payload.is::<Abandoned>() {
            Kind::Abandoned
        } else {
            Kind::Panicked
        }
    }
}

impl ExitStatus {
    pub(super) const SUCCESS: ExitStatus = ExitStatus { kind: Kind::Success };

    /// It returned.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let handle = eventlet::spawn_n(|| ());
    /// eventlet::sleep(std::time::Duration::ZERO);
    /// assert!(handle.exit_status().unwrap().is_success());
    /// ```
    pub fn is_success(&self) -> bool {
        self.kind == Kind::Success
    }

    /// It was killed or cancelled.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let handle = eventlet::spawn_n(|| ());
    /// handle.kill();
    /// assert!(handle.exit_status().unwrap().is_killed());
    /// ```
    pub fn is_killed(&self) -> bool {
        self.kind == Kind::Killed
    }

    /// It panicked.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let handle = eventlet::spawn_n(|| panic!("no luck"));
    /// eventlet::sleep(std::time::Duration::ZERO);
    /// assert!(handle.exit_status().unwrap().is_panic());
    /// ```
    pub fn is_panic(&self) -> bool {
        self.kind == Kind::Panicked
    }

    /// A [`Timeout`](crate::Timeout) fired in it and was not handled.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::{Timeout, sleep};
    ///
    /// let thread = eventlet::spawn(|| {
    ///     let _limit = Timeout::new(Duration::from_millis(1));
    ///     sleep(Duration::from_secs(60));
    /// });
    /// let handle = thread.handle();
    /// thread.wait().unwrap_err();
    /// assert!(handle.exit_status().unwrap().is_timeout());
    /// ```
    pub fn is_timeout(&self) -> bool {
        self.kind == Kind::TimedOut
    }

    /// Its hub has ended before it, or did not take it any more. One of this hub ends like that if
    /// it [resumes](Exit::resume) the end of one in another hub.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let hub = eventlet::hubs::spawn_hub()?;
    /// hub.shutdown(std::time::Duration::ZERO);
    /// let thread = eventlet::spawn(move || {
    ///     let remote = hub.spawn(|| "too late");
    ///     remote.wait().unwrap_or_else(|exit| exit.resume())
    /// });
    /// let handle = thread.handle();
    /// assert!(thread.wait().is_err());
    /// assert!(handle.exit_status().unwrap().is_abandoned());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn is_abandoned(&self) -> bool {
        self.kind == Kind::Abandoned
    }
}

impl Exit {
    pub(super) fn new(payload: Payload) -> Self {
        Exit { status: ExitStatus { kind: Kind::of(&payload) }, payload }
    }

    /// Whether an unwind with this payload is a panic.
    pub(crate) fn is_panic_payload(payload: &Payload) -> bool {
        Kind::of(payload) == Kind::Panicked
    }

    /// What std's `join` gives for it: the payload of the panic; of another end, a text.
    pub(crate) fn into_payload(self) -> Payload {
        if self.is_panic() { self.payload } else { Box::new(self.to_string()) }
    }

    /// The end of a green thread that has none, since its hub is gone.
    pub(crate) fn abandoned() -> Self {
        Exit::new(Box::new(Abandoned))
    }

    pub(super) fn status(&self) -> ExitStatus {
        self.status
    }

    /// Whether it was killed or cancelled.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let thread = eventlet::spawn(|| ());
    /// thread.kill();
    /// assert!(thread.wait().unwrap_err().is_killed());
    /// ```
    pub fn is_killed(&self) -> bool {
        self.status.is_killed()
    }

    /// Whether it panicked.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(eventlet::spawn(|| panic!("no luck")).wait().unwrap_err().is_panic());
    /// ```
    pub fn is_panic(&self) -> bool {
        self.status.is_panic()
    }

    /// Whether a [`Timeout`](crate::Timeout) fired in it and was not handled.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use eventlet::{Timeout, sleep};
    ///
    /// let thread = eventlet::spawn(|| {
    ///     let _limit = Timeout::new(Duration::from_millis(1));
    ///     sleep(Duration::from_secs(60));
    /// });
    /// assert!(thread.wait().unwrap_err().is_timeout());
    /// ```
    pub fn is_timeout(&self) -> bool {
        self.status.is_timeout()
    }

    /// Whether its hub has ended before it, or did not take it any more; see
    /// [`HubHandle::spawn`](crate::hubs::HubHandle::spawn).
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let hub = eventlet::hubs::spawn_hub()?;
    /// hub.shutdown(std::time::Duration::ZERO);
    /// assert!(hub.spawn(|| "too late").wait().unwrap_err().is_abandoned());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn is_abandoned(&self) -> bool {
        self.status.is_abandoned()
    }

    /// The payload of the panic, as [`std::thread::JoinHandle::join`] gives it.
    ///
    /// # Panics
    ///
    /// Panics unless [`is_panic`](Exit::is_panic).
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let exit = eventlet::spawn(|| panic!("no luck")).wait().unwrap_err();
    /// assert_eq!(exit.into_panic().downcast_ref(), Some(&"no luck"));
    /// ```
    pub fn into_panic(self) -> Box<dyn Any + Send + 'static> {
        assert!(self.is_panic(), "into_panic on a green thread that did not panic: {self}");
        self.payload
    }

    /// Goes on in the caller as it ended there: re-raises the panic, the kill or the timeout.
    ///
    /// This is what Eventlet's `wait()` does with every error. A panic is not printed again.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let outer = eventlet::spawn(|| {
    ///     let inner = eventlet::spawn(|| panic!("no luck"));
    ///     inner.wait().unwrap_or_else(|exit| exit.resume())
    /// });
    /// assert_eq!(outer.wait().unwrap_err().to_string(), "the green thread panicked: no luck");
    /// ```
    pub fn resume(self) -> ! {
        unwind::raise(self.payload)
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status.kind {
            Kind::Killed => f.write_str("the green thread was killed"),
            Kind::TimedOut => f.write_str("the green thread was ended by a timeout"),
            Kind::Abandoned => f.write_str("the green thread was abandoned: its hub has ended"),
            Kind::Success | Kind::Panicked => {
                write!(f, "the green thread panicked: {}", unwind::message(&*self.payload))
            }
        }
    }
}

impl fmt::Debug for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exit({self})")
    }
}

impl std::error::Error for Exit {}

impl From<Exit> for io::Error {
    /// Keeps the text and drops the payload; `thread.wait()??` works in functions that do I/O.
    fn from(exit: Exit) -> Self {
        let kind = if exit.is_timeout() { io::ErrorKind::TimedOut } else { io::ErrorKind::Other };
        io::Error::new(kind, exit.to_string())
    }
}
