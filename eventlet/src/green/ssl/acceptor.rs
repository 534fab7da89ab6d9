//! The server's side.

use std::fmt;
use std::io;

use native_tls::TlsAcceptor;

use super::common::{Common, common_settings};
use super::error::invalid_input;
use super::rehearsal::rehearse;
use super::session::Start;
use super::stream::Settings;
use super::{TlsStream, Transport, Version};

/// Makes TLS connections of those that clients have opened, to whom it shows a certificate.
///
/// Clones are the same acceptor, for other OS threads too. The library underneath, native-tls, sets
/// limits: servers speak TLS 1.2 and not 1.3, and do not ask clients for certificates.
///
/// # Examples
///
/// A server. The handshake is made in the green thread of the connection, by its first read, so that
/// clients that are slow, or silent, hold up nobody:
///
/// ```
/// use std::io::{Read, Write};
/// use eventlet::green::ssl::{Acceptor, Connector};
///
/// # let certificate = std::fs::read("../tests/http/localhost.pem")?;
/// # let key = std::fs::read("../tests/http/localhost.key")?;
/// let acceptor = Acceptor::builder().certificate(&certificate, key).build()?;
/// let listener = eventlet::listen("127.0.0.1:0")?;
/// let address = listener.local_addr()?;
/// let server = eventlet::spawn(move || {
///     eventlet::serve(listener, move |stream, _peer| {
///         let mut stream = acceptor.accept(stream);
///         let mut name = [0; 3];
///         stream.read_exact(&mut name)?;
///         write!(stream, "hello {}", name.escape_ascii())
///     })
/// });
///
/// let connector = Connector::builder().ca(&certificate).build()?;
/// let _silent = eventlet::connect(address)?;
/// let mut stream = connector.connect("localhost", eventlet::connect(address)?)?;
/// stream.write_all(b"you")?;
/// assert_eq!(std::io::read_to_string(stream)?, "hello you");
/// server.kill();
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Acceptor {
    tls: TlsAcceptor,
    settings: Settings,
}

impl Acceptor {
    /// An acceptor with settings, of which a certificate is one.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`AcceptorBuilder`].
    pub fn builder() -> AcceptorBuilder {
        AcceptorBuilder { common: Common::new() }
    }

    /// Begins TLS on a stream that a client has opened. The handshake is made by the first read or
    /// write, or by [`TlsStream::handshake`], which have 10 seconds for it unless the builder was told
    /// otherwise.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`Acceptor`].
    pub fn accept<T: Transport>(&self, stream: T) -> TlsStream<T> {
        TlsStream::new(Start::Server(self.tls.clone()), stream, self.settings)
    }
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acceptor").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// An [`Acceptor`] in the making.
///
/// # Examples
///
/// ```
/// use eventlet::green::ssl::{Acceptor, Version};
///
/// let acceptor = Acceptor::builder()
///     .certificate_files("../tests/http/localhost.pem", "../tests/http/localhost.key")
///     .alpn(["h2", "http/1.1"])
///     .build()?;
///
/// let error = Acceptor::builder().build().unwrap_err();
/// assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
/// let error = Acceptor::builder().min_version(Version::Tls13).build().unwrap_err();
/// assert_eq!(error.kind(), std::io::ErrorKind::Unsupported);
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "it does nothing until `build`"]
#[derive(Clone)]
pub struct AcceptorBuilder {
    common: Common,
}

common_settings!(AcceptorBuilder, "Sets the certificate of the server, and its key.");

impl AcceptorBuilder {
    /// Sets the protocols that the server speaks (ALPN), the best one first. A client that speaks none
    /// of them is served all the same, without one.
    ///
    /// On macOS the system's library does not answer such questions: there this has no effect.
    pub fn alpn(mut self, protocols: impl IntoIterator<Item: Into<String>>) -> Self {
        self.common.protocols = protocols.into_iter().map(Into::into).collect();
        self
    }

    /// Makes the acceptor, and has it make one handshake in memory, to see that it can: if the key is not
    /// that of the certificate, nobody else would tell.
    ///
    /// # Errors
    ///
    /// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if there is no certificate, or something
    /// that was given cannot be read; with [`Unsupported`](io::ErrorKind::Unsupported) if only TLS 1.3 is
    /// to be spoken; as reading files does, and as the system's library does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`AcceptorBuilder`].
    pub fn build(&self) -> io::Result<Acceptor> {
        self.common.check()?;
        let common = &self.common;
        if common.min_version > Version::Tls12 {
            let text = "native-tls lets servers speak TLS 1.2 at most";
            return Err(io::Error::new(io::ErrorKind::Unsupported, text));
        }
        let identity = common.identity.clone().ok_or_else(|| {
            let text = "a server needs a certificate and its key: call `certificate` or `pkcs12`";
            io::Error::new(io::ErrorKind::InvalidInput, text)
        })?;
        let mut builder = TlsAcceptor::builder(identity);
        builder
            .min_protocol_version(Some(common.min_version.protocol()))
            .max_protocol_version(common.max_version.map(|version| version.protocol()))
            .accept_alpn(&common.protocols);
        let what = "the acceptor cannot be made";
        let tls = builder.build().map_err(|error| invalid_input(what, error))?;
        rehearse(&tls)?;
        Ok(Acceptor { tls, settings: common.settings })
    }
}

impl fmt::Debug for AcceptorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcceptorBuilder").finish_non_exhaustive()
    }
}
