//! Whether connections are secure.

use crate::green::ssl::Acceptor;
use crate::http::Server;

impl<A> Server<A> {
    /// Serves HTTPS.
    ///
    /// The handshake is made by the green thread of each connection, so that no client holds up the
    /// others, and has the acceptor's time limit.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{self, Write};
    /// use eventlet::green::ssl::{Acceptor, Connector};
    /// use eventlet::http::{Request, Server};
    ///
    /// # let pem = |name: &str| std::fs::read(format!("../tests/http/localhost.{name}")).unwrap();
    /// # let (certificate, key) = (pem("pem"), pem("key"));
    /// let acceptor = Acceptor::builder().certificate(&certificate, &key).build()?;
    /// let listener = eventlet::listen("127.0.0.1:0")?;
    /// let address = listener.local_addr()?;
    /// let server = Server::new(|_: &mut Request| "hello").tls(acceptor).start(listener)?;
    ///
    /// let connector = Connector::builder().ca(&certificate).build()?;
    /// let mut client = connector.connect("localhost", eventlet::connect(address)?)?;
    /// client.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
    /// assert!(io::read_to_string(client)?.ends_with("hello"));
    /// server.stop();
    /// # Ok::<(), io::Error>(())
    /// ```
    #[doc(alias = "wrap_ssl")]
    pub fn tls(mut self, acceptor: Acceptor) -> Self {
        self.settings.tls = Some(acceptor);
        self
    }
}
