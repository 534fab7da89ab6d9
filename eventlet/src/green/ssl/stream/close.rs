//! The ways to end TLS.

use std::io;
use std::thread;

use super::TlsStream;
use crate::green::ssl::Transport;
use crate::green::ssl::core::would_block;
use crate::hub;

impl<T: Transport> TlsStream<T> {
    /// Ends this direction: tells the peer that nothing more comes. What it still sends can be read.
    ///
    /// Writes fail from now on. Nothing happens if there has been no handshake.
    ///
    /// # Errors
    ///
    /// Fails as a write does.
    ///
    /// # Switching
    ///
    /// Switches if there is no room for what is to be sent, where it fails while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{ErrorKind, Read, Write};
    /// use eventlet::green::{os::unix::net::UnixStream, ssl::{Acceptor, Connector}};
    ///
    /// # let certificate = std::fs::read("../tests/http/localhost.pem")?;
    /// # let key = std::fs::read("../tests/http/localhost.key")?;
    /// # let acceptor = Acceptor::builder().certificate(&certificate, &key).build()?;
    /// # let connector = Connector::builder().ca(&certificate).build()?;
    /// let (near, far) = UnixStream::pair()?;
    /// let server = eventlet::spawn(move || {
    ///     let mut stream = acceptor.accept(far);
    ///     let question = std::io::read_to_string(&mut stream)?;
    ///     write!(stream, "{question} yourself")
    /// });
    /// let mut stream = connector.connect("localhost", near)?;
    /// stream.write_all(b"hello")?;
    /// stream.shutdown()?;
    /// assert_eq!(stream.write(b"more").unwrap_err().kind(), ErrorKind::BrokenPipe);
    /// assert_eq!(std::io::read_to_string(stream)?, "hello yourself");
    /// server.wait().unwrap()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn shutdown(&self) -> io::Result<()> {
        self.core().end()?;
        self.send_on()
    }

    /// Ends TLS in both directions and gives back the stream that it ran over, for plain bytes.
    ///
    /// With it comes what the peer sent right behind the end of TLS and was read together with that:
    /// the first bytes of what follows. If there has been no handshake, the stream is as it was.
    ///
    /// # Errors
    ///
    /// Fails with [`InvalidData`](io::ErrorKind::InvalidData) if the peer has sent something that nobody
    /// has read, with [`UnexpectedEof`](io::ErrorKind::UnexpectedEof) if it closes the connection
    /// instead of ending TLS, and as reads and writes do. Then the connection is closed.
    ///
    /// # Switching
    ///
    /// Switches until the peer has ended TLS as well. Fails instead while the caller unwinds.
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
    /// let server = eventlet::spawn(move || -> std::io::Result<()> {
    ///     let (mut plain, _) = {
    ///         let stream = acceptor.accept(far);
    ///         stream.handshake()?;
    ///         stream.unwrap()?
    ///     };
    ///     plain.write_all(b"in the open")
    /// });
    /// let (mut plain, rest) = connector.connect("localhost", near)?.unwrap()?;
    /// let text = std::io::read_to_string(rest.chain(&mut plain))?;
    /// assert_eq!(text, "in the open");
    /// server.wait().unwrap()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn unwrap(mut self) -> io::Result<(T, Vec<u8>)> {
        if self.core().is_ready() {
            self.shutdown()?;
            self.await_end()?;
        }
        let core = self.core.take().expect("it is taken with the stream");
        Ok(core.into_parts())
    }

    /// Reads nothing but the end.
    fn await_end(&self) -> io::Result<()> {
        let mut byte = [0];
        match self.until(self.read_timeout(), || self.core().try_read(&mut byte), would_block)? {
            0 => Ok(()),
            _ => {
                let text = "the peer has sent something that was not read before TLS was to end";
                Err(io::Error::new(io::ErrorKind::InvalidData, text))
            }
        }
    }
}

/// Ends TLS if that is possible at once. What goes down with a panic does not end: it breaks off.
impl<T: Transport> Drop for TlsStream<T> {
    fn drop(&mut self) {
        if let Some(core) = &self.core
            && core.is_ready()
            && !thread::panicking()
            && hub::exists()
            && core.end().is_ok()
        {
            let _ = core.try_flush();
        }
    }
}
