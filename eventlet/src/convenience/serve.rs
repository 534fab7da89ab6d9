//! A server: one green thread per connection.

use std::borrow::Borrow;
use std::cell::OnceCell;
use std::io;
use std::net::SocketAddr;
use std::panic::Location;
use std::rc::Rc;

use super::accept::{AcceptError, Backoff, Places};
use super::outcome::{Outcome, Verdict};
use crate::green::net::{TcpListener, TcpStream};
use crate::greenthread::{Builder, Handle};

/// Connections handled at once unless [`serve_with`] says otherwise; Eventlet's number.
const CONCURRENCY: usize = 1000;

/// Accepts connections for ever and handles each in a green thread of its own.
///
/// At most 1,000 are handled at once; see [`serve_with`]. The connection is closed when its
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
    if concurrency == 0 {
        let text = "serve with a concurrency of 0 would never accept a connection";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let called_at = Location::caller();
    let server = Rc::new(Server { handler, called_at, acceptor: OnceCell::new() });
    let looping = server.clone();
    // The accept loop runs in a green thread of its own, so that a handler can end it by a kill
    // wherever it waits.
    let acceptor = Builder::new()
        .name("serve")
        .spawn_for(called_at, move || looping.accept_all(listener.borrow(), concurrency))?;
    let _ = server.acceptor.set(acceptor.handle());
    let _guard = KillOnDrop(acceptor.handle());
    match acceptor.wait() {
        Ok(result) => result,
        // A handler has returned `StopServe`.
        Err(exit) if exit.is_killed() => Ok(()),
        Err(exit) => exit.resume(),
    }
}

/// Ends the accept loop when `serve` itself is killed or times out.
struct KillOnDrop(Handle);

impl Drop for KillOnDrop {
    fn drop(&mut self) {
        self.0.kill();
    }
}

/// What the accept loop and the handlers share.
struct Server<H> {
    handler: H,
    /// Where `serve` was called: the place that handlers are reported to be spawned at.
    called_at: &'static Location<'static>,
    /// The accept loop, to be killed by a handler that stops the server.
    acceptor: OnceCell<Handle>,
}

impl<H, R> Server<H>
where
    H: Fn(TcpStream, SocketAddr) -> R + 'static,
    R: Outcome + 'static,
{
    /// Accepts until the listener fails or is closed, or until it is killed.
    fn accept_all(self: Rc<Self>, listener: &TcpListener, concurrency: usize) -> io::Result<()> {
        let places = Places::new(concurrency);
        let mut backoff = Backoff::new();
        loop {
            let place = places.take();
            let started = listener.accept().and_then(|(stream, address)| {
                let server = self.clone();
                Builder::new().spawn_for(self.called_at, move || {
                    server.handle(stream, address);
                    drop(place);
                })
            });
            let Err(error) = started else {
                backoff.reset();
                continue;
            };
            match AcceptError::classify(&error) {
                AcceptError::OneConnection => {}
                AcceptError::Exhausted => backoff.pause(&error),
                AcceptError::Closed => return Ok(()),
                AcceptError::Fatal => return Err(error),
            }
        }
    }

    fn handle(&self, stream: TcpStream, address: SocketAddr) {
        match (self.handler)(stream, address).into_verdict() {
            Verdict::GoOn => {}
            Verdict::Failed(error) if is_the_peers_doing(&error) => {}
            Verdict::Failed(error) => {
                eprintln!("eventlet: the connection from {address} failed: {error}");
            }
            Verdict::Stop => {
                if let Some(acceptor) = self.acceptor.get() {
                    acceptor.kill();
                }
            }
        }
    }
}

/// Whether an error only says that the peer has gone away.
fn is_the_peers_doing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
    )
}
