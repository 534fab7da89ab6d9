//! The short way to TLS.

use std::io;
use std::path::{Path, PathBuf};

use crate::green::ssl::{Acceptor, Connector, TlsStream, Transport, Version};

/// Begins TLS on a stream.
///
/// As a client unless the options say [`server_side`](SslOptions::server_side). Other than in Eventlet
/// the server's certificate is checked, so that a client has to say the
/// [name](SslOptions::server_hostname) of the server.
///
/// Each call reads what the options name. Whoever opens more than a few connections makes a
/// [`Connector`] or an [`Acceptor`] and keeps it; that is also how a server of
/// [`serve`](crate::serve) is made.
///
/// # Errors
///
/// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if something is missing or cannot be read,
/// and as [`TlsStream::handshake`] does.
///
/// # Switching
///
/// Switches while files are read and until the peer has answered; fails instead while the caller
/// unwinds.
///
/// # Examples
///
/// ```
/// use std::io::{Read, Write};
/// use eventlet::{SslOptions, connect, listen, spawn, wrap_ssl};
///
/// let listener = listen("127.0.0.1:0")?;
/// let address = listener.local_addr()?;
/// let server = spawn(move || {
///     let options = SslOptions::new()
///         .server_side(true)
///         .certfile("../tests/http/localhost.pem")
///         .keyfile("../tests/http/localhost.key");
///     wrap_ssl(listener.accept()?.0, options)?.write_all(b"hello")
/// });
///
/// let options =
///     SslOptions::new().server_hostname("localhost").ca_certs("../tests/http/localhost.pem");
/// let stream = wrap_ssl(connect(address)?, options)?;
/// assert_eq!(std::io::read_to_string(stream)?, "hello");
/// server.wait().unwrap()?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn wrap_ssl<T: Transport>(stream: T, options: SslOptions) -> io::Result<TlsStream<T>> {
    let does_handshake = options.does_handshake;
    let stream = if options.is_server {
        options.acceptor()?.accept(stream)
    } else {
        let name = options.name()?.to_owned();
        options.connector()?.connect_later(&name, stream)
    };
    if does_handshake {
        stream.handshake()?;
    }
    Ok(stream)
}

/// What [`wrap_ssl`] is told: Eventlet's keyword arguments.
///
/// `ciphers` is missing, since the library underneath has no way to choose them, and `cert_reqs` is
/// [`danger_accept_any_certificate`](Self::danger_accept_any_certificate).
///
/// # Examples
///
/// See [`wrap_ssl`].
#[derive(Clone, Debug)]
#[must_use = "it does nothing until it is given to `wrap_ssl`"]
pub struct SslOptions {
    keyfile: Option<PathBuf>,
    certfile: Option<PathBuf>,
    ca_certs: Option<PathBuf>,
    is_server: bool,
    checks_certificate: bool,
    version: Option<Version>,
    does_handshake: bool,
    allows_ragged_end: bool,
    server_hostname: Option<String>,
    protocols: Vec<String>,
}

impl SslOptions {
    /// Those of a client that checks the server's certificate by the authorities that the system knows.
    #[allow(clippy::new_without_default, reason = "there is one way to begin")]
    pub fn new() -> Self {
        SslOptions {
            keyfile: None,
            certfile: None,
            ca_certs: None,
            is_server: false,
            checks_certificate: true,
            version: None,
            does_handshake: true,
            allows_ragged_end: false,
            server_hostname: None,
            protocols: Vec::new(),
        }
    }

    /// Sets the file of the key, PEM. Unless it is set, the key is in the file of the certificate.
    pub fn keyfile(mut self, path: impl AsRef<Path>) -> Self {
        self.keyfile = Some(path.as_ref().to_owned());
        self
    }

    /// Sets the file of the certificate, PEM. A server needs one.
    pub fn certfile(mut self, path: impl AsRef<Path>) -> Self {
        self.certfile = Some(path.as_ref().to_owned());
        self
    }

    /// Sets a file with the certificates of the authorities to trust, PEM, instead of those that the
    /// system knows.
    pub fn ca_certs(mut self, path: impl AsRef<Path>) -> Self {
        self.ca_certs = Some(path.as_ref().to_owned());
        self
    }

    /// Sets whether this is the server's side; it is the client's unless set.
    pub fn server_side(mut self, is_server: bool) -> Self {
        self.is_server = is_server;
        self
    }

    /// Sets the name of the server, which its certificate has to be for.
    pub fn server_hostname(mut self, name: impl Into<String>) -> Self {
        self.server_hostname = Some(name.into());
        self
    }

    /// Sets the only version of TLS that is spoken; from 1.2 on unless set.
    pub fn ssl_version(mut self, version: Version) -> Self {
        self.version = Some(version);
        self
    }

    /// Sets the protocols to offer or to accept (ALPN), the best one first.
    pub fn alpn(mut self, protocols: impl IntoIterator<Item: Into<String>>) -> Self {
        self.protocols = protocols.into_iter().map(Into::into).collect();
        self
    }

    /// Sets whether `wrap_ssl` makes the handshake; it does unless set, and otherwise the first read or
    /// write does.
    pub fn do_handshake_on_connect(mut self, does_handshake: bool) -> Self {
        self.does_handshake = does_handshake;
        self
    }

    /// Sets whether a connection that is closed without an end of TLS ends like any other; unless set,
    /// a read says that it has been cut.
    pub fn suppress_ragged_eofs(mut self, suppresses: bool) -> Self {
        self.allows_ragged_end = suppresses;
        self
    }

    /// Accepts any certificate of the server, for any name.
    ///
    /// **Danger**: nobody knows who the server is then. This is what Eventlet does by default.
    #[doc(alias = "cert_reqs")]
    pub fn danger_accept_any_certificate(mut self) -> Self {
        self.checks_certificate = false;
        self
    }

    /// The name to connect to. Who accepts any certificate need not say one.
    fn name(&self) -> io::Result<&str> {
        match &self.server_hostname {
            Some(name) => Ok(name),
            None if !self.checks_certificate => Ok("server.invalid"),
            None => {
                let text = "a client has to say whose certificate it expects: call \
                            `SslOptions::server_hostname`";
                Err(io::Error::new(io::ErrorKind::InvalidInput, text))
            }
        }
    }

    fn connector(self) -> io::Result<Connector> {
        let mut builder = Connector::builder().alpn(self.protocols);
        // A name that nobody has said is not to be sent.
        builder = builder.sni(self.server_hostname.is_some());
        if let Some(authorities) = self.ca_certs {
            builder = builder.ca_file(authorities).only_given_cas();
        }
        if let Some(certificate) = self.certfile {
            let key = self.keyfile.unwrap_or_else(|| certificate.clone());
            builder = builder.certificate_files(certificate, key);
        }
        if !self.checks_certificate {
            builder = builder.danger_accept_any_certificate();
        }
        if let Some(version) = self.version {
            builder = builder.min_version(version).max_version(version);
        }
        if self.allows_ragged_end {
            builder = builder.allow_ragged_end();
        }
        builder.build()
    }

    fn acceptor(self) -> io::Result<Acceptor> {
        let mut builder = Acceptor::builder().alpn(self.protocols);
        if let Some(certificate) = self.certfile {
            let key = self.keyfile.unwrap_or_else(|| certificate.clone());
            builder = builder.certificate_files(certificate, key);
        }
        if let Some(version) = self.version {
            builder = builder.min_version(version).max_version(version);
        }
        if self.allows_ragged_end {
            builder = builder.allow_ragged_end();
        }
        builder.build()
    }
}
