//! A server in the making.

use std::io::{self, Write};
use std::net::Shutdown;
use std::rc::Rc;

use super::accept::Acceptor;
use super::hubs::Branches;
use super::listener::Listener;
use super::room::Room;
use super::service::{App, Service};
use super::{Running, ServerHubs};
use crate::convenience::accept::Places;
use crate::green::os::unix::net::UnixStream;
use crate::greenpool::GreenPool;
use crate::greenthread::spawn;
use crate::http::log::Log;
use crate::http::request::Request;
use crate::http::response::{IntoResponse, Response};
use crate::http::settings::Settings;

/// How many connections are served at once unless it is said otherwise; Eventlet's number.
const MAX_CONNECTIONS: usize = 1024;

/// An HTTP server in the making: an application and settings.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use eventlet::http::{Request, Server};
///
/// let app = |request: &mut Request| format!("hello, {}", request.path());
/// let listener = eventlet::listen("127.0.0.1:0")?;
/// let server = Server::new(app).keep_alive(Duration::from_secs(5)).start(listener)?;
/// // ...
/// server.stop();
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "nothing is served until `serve` or `start`"]
pub struct Server<A> {
    pub(super) app: A,
    pub(super) settings: Settings,
    pub(super) max_connections: usize,
    pub(super) pool: Option<Rc<GreenPool>>,
    pub(super) log: Option<Log>,
}

impl<A, R> App for A
where
    A: Fn(&mut Request) -> R + 'static,
    R: IntoResponse,
{
    fn call(&self, request: &mut Request) -> Result<Response, String> {
        self(request).try_into_response()
    }
}

impl<A, R> Server<A>
where
    A: Fn(&mut Request) -> R + 'static,
    R: IntoResponse + 'static,
{
    /// A server for this application.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Response, Server};
    ///
    /// let answer = Server::new(|_: &mut Request| "hello").ask("GET / HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.ends_with("hello"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(app: A) -> Self {
        Server {
            app,
            settings: Settings::default(),
            max_connections: MAX_CONNECTIONS,
            pool: None,
            log: None,
        }
    }

    /// How many connections are served at once; 1,024 by default. Others wait in the listener's
    /// backlog. Those who wait there when the server stops are answered by 503.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Response, Server};
    ///
    /// let listener = eventlet::listen("127.0.0.1:0")?;
    /// let server = Server::new(|_: &mut Request| ()).max_connections(10).start(listener)?;
    /// server.stop();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn max_connections(mut self, n: usize) -> Self {
        self.max_connections = n;
        self
    }

    /// Connections are served in green threads of this pool, which limits how many there are at once.
    ///
    /// While it is full, connections wait in the listener's backlog. Those who wait there when the
    /// server stops are answered by 503. A server takes nothing of its pool while nobody wants to
    /// connect, so that several may share one.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Response, Server};
    ///
    /// use std::rc::Rc;
    /// use eventlet::GreenPool;
    ///
    /// let pool = Rc::new(GreenPool::new(10));
    /// let listener = eventlet::listen("127.0.0.1:0")?;
    /// let server = Server::new(|_: &mut Request| ()).pool(pool.clone()).start(listener)?;
    /// assert_eq!(pool.running(), server.connections());
    /// server.stop();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn pool(mut self, pool: Rc<GreenPool>) -> Self {
        self.pool = Some(pool);
        self
    }

    /// Lets `n` hubs serve: this thread's, and others on OS threads of their own, which share the port
    /// and the number of connections.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Response, Server};
    ///
    /// let listener = eventlet::listen("127.0.0.1:0")?;
    /// let server = Server::new(|_: &mut Request| "hello").hubs(2).start(listener)?;
    /// server.stop();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn hubs(self, n: usize) -> ServerHubs<A>
    where
        A: Send + Sync,
    {
        ServerHubs::new(self, n)
    }

    /// Starts to serve, in green threads of this OS thread.
    ///
    /// # Errors
    ///
    /// Fails if there cannot be another green thread.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Response, Server};
    ///
    /// let listener = eventlet::listen("127.0.0.1:0")?;
    /// let address = listener.local_addr()?;
    /// let server = Server::new(|_: &mut Request| "hello").start(listener)?;
    /// let mut client = eventlet::connect(address)?;
    /// std::io::Write::write_all(&mut client, b"GET / HTTP/1.0\r\n\r\n")?;
    /// assert!(std::io::read_to_string(client)?.ends_with("hello"));
    /// server.stop();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn start(self, listener: impl Listener) -> io::Result<Running> {
        let room = match self.pool {
            Some(pool) => Room::Pool(pool),
            None => Room::Places(Places::new(self.max_connections)),
        };
        let service = Service::new(self.app, self.settings, self.log);
        Running::start(Acceptor::new(service, listener, room), Branches::new())
    }

    /// Answers what is sent on one connection, which then ends, and returns all that was answered: for
    /// tests of applications, which need no port for it.
    ///
    /// # Errors
    ///
    /// Fails if the answer is not a text, or is broken off by an error.
    ///
    /// # Switching
    ///
    /// Switches until all is answered.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Server};
    ///
    /// let app = |request: &mut Request| request.path().into_owned();
    /// let answer = Server::new(app).ask("GET /here HTTP/1.1\r\nHost: h\r\n\r\n")?;
    /// assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    /// assert!(answer.ends_with("/here"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn ask(self, requests: impl AsRef<[u8]>) -> io::Result<String> {
        let (mut client, connection) = UnixStream::pair()?;
        let service = Service::new(self.app, self.settings, self.log);
        let serving = spawn(move || service.serve(connection.into()));
        // It may be refused before all of it has been read.
        let asked = client.write_all(requests.as_ref());
        let _ = asked.and_then(|()| client.shutdown(Shutdown::Write));
        let answer = io::read_to_string(client);
        drop(serving);
        answer
    }

    /// Serves until the listener is closed. If the caller is killed, the server stops in its own time.
    ///
    /// # Errors
    ///
    /// Fails if the listener cannot accept any more.
    ///
    /// # Switching
    ///
    /// Switches until then.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::http::{Request, Response, Server};
    ///
    /// let listener = std::rc::Rc::new(eventlet::listen("127.0.0.1:0")?);
    /// let theirs = listener.clone();
    /// let server = eventlet::spawn(move || Server::new(|_: &mut Request| "hello").serve(theirs));
    /// eventlet::sleep(std::time::Duration::ZERO);
    /// listener.close();
    /// server.wait().unwrap()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn serve(self, listener: impl Listener) -> io::Result<()> {
        self.start(listener)?.wait()
    }
}
