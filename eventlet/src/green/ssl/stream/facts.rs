//! What is known about a TLS stream.

use std::io;

use super::TlsStream;
use crate::green::ssl::{Transport, Wired};

impl<T: Transport> TlsStream<T> {
    /// The stream that TLS runs over. Reading or writing there breaks TLS.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{os::unix::net::UnixStream, ssl::Connector};
    ///
    /// let stream = Connector::new()?.connect_later("localhost", UnixStream::pair()?.0);
    /// assert!(stream.get_ref().peer_addr()?.is_unnamed());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn get_ref(&self) -> &T {
        &self.core().transport
    }

    /// The certificate that the peer has shown, DER; `None` if it has shown none, as clients do
    /// unless they are asked.
    ///
    /// # Errors
    ///
    /// Fails as [`handshake`](Self::handshake) does, and as the system's library does.
    ///
    /// # Switching
    ///
    /// Switches as [`handshake`](Self::handshake) does.
    ///
    /// # Examples
    ///
    /// See [`channel_binding`](Self::channel_binding).
    pub fn peer_certificate(&self) -> io::Result<Option<Vec<u8>>> {
        let certificate = self.ask(|tls| tls.peer_certificate())?;
        certificate.map(|certificate| certificate.to_der().map_err(io::Error::other)).transpose()
    }

    /// The protocol that both sides have agreed on (ALPN), such as `h2`; `None` if they have not
    /// talked about it, or one side knows none of the other's.
    ///
    /// # Errors
    ///
    /// Fails as [`handshake`](Self::handshake) does, and as the system's library does.
    ///
    /// # Switching
    ///
    /// Switches as [`handshake`](Self::handshake) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{os::unix::net::UnixStream, ssl::{Acceptor, Connector}};
    ///
    /// # let certificate = std::fs::read("../tests/http/localhost.pem")?;
    /// # let key = std::fs::read("../tests/http/localhost.key")?;
    /// let acceptor = Acceptor::builder()
    ///     .certificate(&certificate, &key)
    ///     .alpn(["h2", "http/1.1"])
    ///     .build()?;
    /// let connector = Connector::builder().ca(&certificate).alpn(["http/1.1"]).build()?;
    /// let (near, far) = UnixStream::pair()?;
    /// let server = eventlet::spawn(move || acceptor.accept(far).negotiated_alpn());
    /// let stream = connector.connect("localhost", near)?;
    /// assert_eq!(stream.negotiated_alpn()?.unwrap(), b"http/1.1");
    /// assert_eq!(server.wait().unwrap()?.unwrap(), b"http/1.1");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn negotiated_alpn(&self) -> io::Result<Option<Vec<u8>>> {
        self.ask(|tls| tls.negotiated_alpn())
    }

    /// What binds an authentication above TLS to this connection: `tls-server-end-point` of RFC 5929,
    /// a digest of the server's certificate. Both sides have the same.
    ///
    /// # Errors
    ///
    /// Fails as [`handshake`](Self::handshake) does, and as the system's library does.
    ///
    /// # Switching
    ///
    /// Switches as [`handshake`](Self::handshake) does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{os::unix::net::UnixStream, ssl::{Acceptor, Connector}};
    ///
    /// # let certificate = std::fs::read("../tests/http/localhost.pem")?;
    /// # let key = std::fs::read("../tests/http/localhost.key")?;
    /// # let acceptor = Acceptor::builder().certificate(&certificate, &key).build()?;
    /// # let connector = Connector::builder().ca(&certificate).build()?;
    /// let (near, far) = UnixStream::pair()?;
    /// let server = eventlet::spawn(move || {
    ///     let stream = acceptor.accept(far);
    ///     assert!(stream.peer_certificate()?.is_none());
    ///     stream.channel_binding()
    /// });
    /// let stream = connector.connect("localhost", near)?;
    /// assert!(stream.peer_certificate()?.is_some());
    /// assert_eq!(stream.channel_binding()?, server.wait().unwrap()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "tls_server_end_point")]
    pub fn channel_binding(&self) -> io::Result<Option<Vec<u8>>> {
        self.ask(|tls| tls.tls_server_end_point())
    }

    /// How many bytes can be read without waiting: they are decrypted already.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{Read, Write};
    /// use eventlet::green::{os::unix::net::UnixStream, ssl::{Acceptor, Connector}};
    ///
    /// # let certificate = std::fs::read("../tests/http/localhost.pem")?;
    /// # let key = std::fs::read("../tests/http/localhost.key")?;
    /// # let acceptor = Acceptor::builder().certificate(&certificate, &key).build()?;
    /// # let connector = Connector::builder().ca(&certificate).build()?;
    /// let (near, far) = UnixStream::pair()?;
    /// let server = eventlet::spawn(move || acceptor.accept(far).write_all(b"hello"));
    /// let mut stream = connector.connect("localhost", near)?;
    /// stream.read_exact(&mut [0; 2])?;
    /// assert_eq!(stream.pending(), 3);
    /// # server.wait().unwrap()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn pending(&self) -> usize {
        let pending = |tls: &mut Wired| tls.buffered_read_size().unwrap_or(0);
        self.core().step(|session| session.ready().map_or(0, pending)).0
    }

    /// Asks the library, after the handshake.
    fn ask<R>(&self, question: impl FnOnce(&Wired) -> native_tls::Result<R>) -> io::Result<R> {
        self.be_ready()?;
        let answer = self.core().step(|session| session.ready().map(|tls| question(tls))).0;
        answer.ok_or(io::ErrorKind::NotConnected)?.map_err(io::Error::other)
    }
}
