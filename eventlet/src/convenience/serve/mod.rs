//! A server: one green thread per connection.

pub(crate) mod branches;
mod hubs;
mod server;

use std::borrow::Borrow;
use std::io;
use std::net::SocketAddr;
use std::panic::Location;

pub use hubs::ServeHubs;

use super::outcome::Outcome;
use crate::green::net::{TcpListener, TcpStream};
use crate::greenthread::Handle;
use server::{Server, result_of};

/// Connections handled at once unless [`serve_with`] says otherwise; Eventlet's number.
const CONCURRENCY: usize = 1000;

/// Accepts connections for ever and handles each in a green thread of its own.
///
/// At most 1,000 are handled at once; see [`serve_with`], and [`Serve::hubs`] for more than one
/// core. The connection is closed when its
/// handler returns, and nothing a handler does brings the server down unless it asks for it with
/// [`StopServe`](crate::StopServe): an I/O error or a panic is printed and concerns that
/// connection only; that a peer has gone away is not even printed. Connections that fail before
/// they are accepted are skipped, and while descriptors or memory are short, accepting pauses.
///
/// The listener may be given away, or shared as `Rc` or `Arc` to be used again afterwards.
///
/// # Errors
///
/// Fails if the listener cannot accept any more, or has been made non-blocking and nobody connects.
///
/// # Switching
///
/// Switches, and returns only when a handler has returned `StopServe` or the listener has been
/// closed with [`TcpListener::close`]. Handlers that still run then are left alone. If it is
/// killed or timed out instead, the listener is closed when other green threads next run.
///
/// # Examples
///
/// ```
/// use std::io::{Read, Write};
/// use std::net::Shutdown;
///
/// let listener = eventlet::listen("127.0.0.1:0")?;
/// let address = listener.local_addr()?;
/// fn echo(mut stream: eventlet::green::net::TcpStream) -> std::io::Result<()> {
///     let mut peer = stream.try_clone()?;
///     std::io::copy(&mut stream, &mut peer).map(drop)
/// }
///
/// let server = eventlet::spawn(move || eventlet::serve(listener, |stream, _address| echo(stream)));
/// let mut client = eventlet::connect(address)?;
/// client.write_all(b"echo")?;
/// client.shutdown(Shutdown::Write)?;
/// let mut text = String::new();
/// client.read_to_string(&mut text)?;
/// assert_eq!(text, "echo");
/// server.kill();
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn serve<L, H, R>(listener: L, handler: H) -> io::Result<()>
where
    L: Borrow<TcpListener> + 'static,
    H: Fn(TcpStream, SocketAddr) -> R + 'static,
    R: Outcome + 'static,
{
    serve_with(listener, handler, CONCURRENCY)
}

/// Like [`serve`], handling at most `concurrency` connections at once.
///
/// While that many are handled no more are accepted: they wait in the listener's backlog.
///
/// # Errors
///
/// Fails if the listener cannot accept any more, and with
/// [`InvalidInput`](io::ErrorKind::InvalidInput) if `concurrency` is zero.
///
/// # Switching
///
/// As [`serve`].
///
/// # Examples
///
/// ```
/// use eventlet::{StopServe, connect, listen, serve_with, spawn};
///
/// let listener = listen("127.0.0.1:0")?;
/// let address = listener.local_addr()?;
/// let client = spawn(move || connect(address));
/// serve_with(listener, |_stream, _address| Err::<(), _>(StopServe), 10)?;
/// client.wait().unwrap()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[track_caller]
pub fn serve_with<L, H, R>(listener: L, handler: H, concurrency: usize) -> io::Result<()>
where
    L: Borrow<TcpListener> + 'static,
    H: Fn(TcpStream, SocketAddr) -> R + 'static,
    R: Outcome + 'static,
{
    Serve::new(listener).concurrency(concurrency).run(handler)
}

/// A server in the making: [`serve`] with settings.
///
/// # Examples
///
/// ```
/// use eventlet::{Serve, StopServe};
///
/// let listener = eventlet::listen("127.0.0.1:0")?;
/// let address = listener.local_addr()?;
/// let client = eventlet::spawn(move || eventlet::connect(address));
/// Serve::new(listener).concurrency(10).run(|_stream, _address| Err::<(), _>(StopServe))?;
/// client.wait().unwrap()?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "nothing is served until `run`"]
pub struct Serve<L> {
    listener: L,
    concurrency: usize,
}

impl<L: Borrow<TcpListener> + 'static> Serve<L> {
    /// A server with [`serve`]'s settings.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::{Serve, StopServe};
    ///
    /// let listener = eventlet::listen("127.0.0.1:0")?;
    /// let address = listener.local_addr()?;
    /// let client = eventlet::spawn(move || eventlet::connect(address));
    /// Serve::new(listener).run(|_stream, _address| Err::<(), _>(StopServe))?;
    /// client.wait().unwrap()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(listener: L) -> Self {
        Serve { listener, concurrency: CONCURRENCY }
    }

    /// Sets how many connections are handled at once; 1,000 by default. See [`serve_with`].
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    /// use std::time::Duration;
    /// use eventlet::{Serve, connect};
    ///
    /// let listener = eventlet::listen("127.0.0.1:0")?;
    /// let address = listener.local_addr()?;
    /// let server = eventlet::spawn(move || {
    ///     // Says how many are handled at once.
    ///     let n_handled = std::cell::Cell::new(0);
    ///     Serve::new(listener).concurrency(1).run(move |mut stream, _address| {
    ///         n_handled.set(n_handled.get() + 1);
    ///         eventlet::sleep(Duration::from_millis(1));
    ///         write!(stream, "{}", n_handled.replace(n_handled.get() - 1))
    ///     })
    /// });
    /// for client in [connect(address)?, connect(address)?] {
    ///     assert_eq!(std::io::read_to_string(client)?, "1");
    /// }
    /// server.kill();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn concurrency(mut self, connections: usize) -> Self {
        self.concurrency = connections;
        self
    }

    /// Lets `n` hubs serve: this thread's, and others on OS threads of their own.
    ///
    /// The handler then has to be `Send` and `Sync`, since they share it.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// A handler that is tied to one OS thread is refused by the compiler:
    ///
    /// ```compile_fail
    /// let counter = std::rc::Rc::new(std::cell::Cell::new(0));
    /// let listener = eventlet::listen("127.0.0.1:0").unwrap();
    /// eventlet::Serve::new(listener).hubs(2).run(move |_, _| counter.set(counter.get() + 1));
    /// ```
    pub fn hubs(self, n: usize) -> ServeHubs<L> {
        ServeHubs::new(self, n)
    }

    /// Serves, as [`serve`] does.
    ///
    /// # Errors
    ///
    /// Fails if the listener cannot accept any more, and with
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) if the concurrency is zero.
    ///
    /// # Switching
    ///
    /// As [`serve`].
    ///
    /// # Examples
    ///
    /// ```
    /// let refused = eventlet::Serve::new(eventlet::listen("127.0.0.1:0")?)
    ///     .concurrency(0)
    ///     .run(|_stream, _address| ());
    /// assert_eq!(refused.unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[track_caller]
    pub fn run<H, R>(self, handler: H) -> io::Result<()>
    where
        H: Fn(TcpStream, SocketAddr) -> R + 'static,
        R: Outcome + 'static,
    {
        self.check()?;
        let server = Server::new(handler, self.concurrency, Location::caller());
        let acceptor = server.start(self.listener)?;
        let _guard = KillOnDrop(acceptor.handle());
        result_of(acceptor.wait())
    }

    fn check(&self) -> io::Result<()> {
        if self.concurrency == 0 {
            let text = "serve with a concurrency of 0 would never accept a connection";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        Ok(())
    }
}

/// Ends a green thread of the server's own when `serve` itself is killed or times out.
struct KillOnDrop(Handle);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        self.0.kill();
    }
}
