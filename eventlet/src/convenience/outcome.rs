//! What a connection's handler may return.

use std::fmt;
use std::io;

/// Returned by a handler to end [`serve`](crate::serve).
///
/// # Examples
///
/// ```
/// use eventlet::StopServe;
///
/// let listener = eventlet::listen("127.0.0.1:0")?;
/// let address = listener.local_addr()?;
/// let client = eventlet::spawn(move || eventlet::connect(address));
/// eventlet::serve(listener, |_stream, _address| Err::<(), _>(StopServe))?;
/// client.wait().unwrap()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StopServe;

impl fmt::Display for StopServe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the server was asked to stop")
    }
}

impl std::error::Error for StopServe {}

impl From<StopServe> for io::Error {
    /// Lets a handler that returns `io::Result<()>` stop the server with `?`.
    fn from(stop: StopServe) -> Self {
        io::Error::other(stop)
    }
}

/// What a handler of [`serve`](crate::serve) may return: nothing, `Result<(), StopServe>`, or
/// `io::Result<()>`.
///
/// An I/O error concerns its own connection: it is printed on stderr and the server goes on,
/// unless it was made from [`StopServe`].
///
/// # Examples
///
/// ```
/// use std::io::{self, Read};
/// use eventlet::StopServe;
///
/// let listener = eventlet::listen("127.0.0.1:0")?;
/// let address = listener.local_addr()?;
/// let clients = eventlet::spawn(move || (0..2).all(|_| eventlet::connect(address).is_ok()));
/// let n_served = std::cell::Cell::new(0);
/// eventlet::serve(listener, move |mut stream, _address| -> io::Result<()> {
///     n_served.set(n_served.get() + 1);
///     if n_served.get() == 2 {
///         Err(StopServe)?;
///     }
///     // That the client sends nothing concerns this connection only.
///     stream.read_exact(&mut [0])
/// })?;
/// assert!(clients.wait().unwrap());
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Outcome: sealed::Sealed {
    /// Whether the server is to stop; the error if only the connection failed.
    #[doc(hidden)]
    fn into_verdict(self) -> Verdict;
}

/// What becomes of the server after a connection.
#[doc(hidden)]
#[derive(Debug)]
pub enum Verdict {
    GoOn,
    Stop,
    Failed(io::Error),
}

impl Outcome for () {
    fn into_verdict(self) -> Verdict {
        Verdict::GoOn
    }
}

impl Outcome for Result<(), StopServe> {
    fn into_verdict(self) -> Verdict {
        self.map_or(Verdict::Stop, |()| Verdict::GoOn)
    }
}

impl Outcome for io::Result<()> {
    fn into_verdict(self) -> Verdict {
        match self {
            Ok(()) => Verdict::GoOn,
            Err(error) if error.get_ref().is_some_and(|inner| inner.is::<StopServe>()) => {
                Verdict::Stop
            }
            Err(error) => Verdict::Failed(error),
        }
    }
}

mod sealed {
    //! Keeps the trait to the three types it is meant for.

    use super::{StopServe, io};

    pub trait Sealed {}
    impl Sealed for () {}
    impl Sealed for Result<(), StopServe> {}
    impl Sealed for io::Result<()> {}
}
