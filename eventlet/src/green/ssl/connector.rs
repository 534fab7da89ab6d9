//! The client's side.

use std::fmt;
use std::io;
use std::path::Path;

use native_tls::{Certificate, TlsConnector};

use super::common::{Common, common_settings, read};
use super::error::invalid_input;
use super::session::Start;
use super::stream::Settings;
use super::{TlsStream, Transport, credentials};

/// Makes TLS connections to servers, whose certificates it checks.
///
/// A certificate is accepted if it was issued by an authority that the system or
/// [`ca`](ConnectorBuilder::ca) knows, is valid today, and is for the name that one connects to. Making
/// a connector reads the system's list of authorities, which takes milliseconds: make one and keep it.
/// Clones are the same connector, for other OS threads too.
///
/// # Examples
///
/// ```
/// use std::io::{Read, Write};
/// use eventlet::green::ssl::{Acceptor, Connector};
///
/// # let certificate = std::fs::read("../tests/http/localhost.pem")?;
/// # let key = std::fs::read("../tests/http/localhost.key")?;
/// # let acceptor = Acceptor::builder().certificate(&certificate, &key).build()?;
/// # let listener = eventlet::listen("127.0.0.1:0")?;
/// # let address = listener.local_addr()?;
/// # eventlet::spawn(move || acceptor.accept(listener.accept()?.0).write_all(b"hello"));
/// let connector = Connector::builder().ca(&certificate).build()?;
/// let stream = connector.connect("localhost", eventlet::connect(address)?)?;
/// assert_eq!(std::io::read_to_string(stream)?, "hello");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Connector {
    tls: TlsConnector,
    settings: Settings,
}

impl Connector {
    /// One that trusts those whom the system trusts.
    ///
    /// # Errors
    ///
    /// Fails as the system's library does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(eventlet::green::ssl::Connector::new().is_ok());
    /// ```
    pub fn new() -> io::Result<Self> {
        Self::builder().build()
    }

    /// A connector with settings.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`ConnectorBuilder`].
    pub fn builder() -> ConnectorBuilder {
        ConnectorBuilder {
            common: Common::new(),
            authorities: Vec::new(),
            has_system_authorities: true,
            sends_name: true,
            checks_certificate: true,
            checks_name: true,
        }
    }

    /// Begins TLS on a stream that leads to the server of this name, and makes the handshake.
    ///
    /// The name is that of a host, such as `example.org`, or an IP address. It is what the certificate
    /// has to be for.
    ///
    /// # Errors
    ///
    /// Fails as [`TlsStream::handshake`] does.
    ///
    /// # Switching
    ///
    /// Switches until the server has answered. While the caller unwinds it fails instead.
    ///
    /// # Examples
    ///
    /// See [`Connector`].
    pub fn connect<T: Transport>(&self, name: &str, stream: T) -> io::Result<TlsStream<T>> {
        let stream = self.connect_later(name, stream);
        stream.handshake()?;
        Ok(stream)
    }

    /// Like [`connect`](Self::connect), but the handshake is made by the first read or write, or by
    /// [`TlsStream::handshake`].
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    /// use eventlet::green::ssl::Connector;
    ///
    /// let listener = eventlet::listen("127.0.0.1:0")?;
    /// let stream = eventlet::connect(listener.local_addr()?)?;
    /// let mut stream = Connector::new()?.connect_later("localhost", stream);
    /// drop(listener);
    /// assert!(stream.write(b"hello").is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn connect_later<T: Transport>(&self, name: &str, stream: T) -> TlsStream<T> {
        let start = Start::Client(self.tls.clone(), name.to_owned());
        TlsStream::new(start, stream, self.settings)
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connector").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// A [`Connector`] in the making.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use eventlet::green::ssl::{Connector, Version};
///
/// # let authority = std::fs::read("../tests/http/localhost.pem")?;
/// let connector = Connector::builder()
///     .ca(authority)
///     .only_given_cas()
///     .alpn(["http/1.1"])
///     .min_version(Version::Tls13)
///     .handshake_timeout(Duration::from_secs(3))
///     .build()?;
///
/// let error = Connector::builder().ca("no certificate").build().unwrap_err();
/// assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
/// # Ok::<(), std::io::Error>(())
/// ```
#[must_use = "it does nothing until `build`"]
#[derive(Clone)]
pub struct ConnectorBuilder {
    common: Common,
    authorities: Vec<Certificate>,
    has_system_authorities: bool,
    sends_name: bool,
    checks_certificate: bool,
    checks_name: bool,
}

common_settings!(
    ConnectorBuilder,
    "Sets the certificate to show to servers that ask for one, and its key."
);

impl ConnectorBuilder {
    /// Trusts the authorities of these certificates, PEM, as well. What cannot be read is an error of
    /// `build`.
    pub fn ca(mut self, certificates: impl AsRef<[u8]>) -> Self {
        let read = credentials::certificates(certificates.as_ref());
        self.authorities.extend(self.common.note(read).unwrap_or_default());
        self
    }

    /// Reads certificates from a file; see [`ca`](Self::ca). Switches while it is read.
    pub fn ca_file(mut self, path: impl AsRef<Path>) -> Self {
        match self.common.note(read(path.as_ref())) {
            Some(certificates) => self.ca(certificates),
            None => self,
        }
    }

    /// Does not trust those whom the system trusts, but only those who were given by
    /// [`ca`](Self::ca).
    pub fn only_given_cas(mut self) -> Self {
        self.has_system_authorities = false;
        self
    }

    /// Offers these protocols to the server (ALPN), the best one first.
    pub fn alpn(mut self, protocols: impl IntoIterator<Item: Into<String>>) -> Self {
        self.common.protocols = protocols.into_iter().map(Into::into).collect();
        self
    }

    /// Sets whether the server is told the name that it is asked for (SNI), which goes over the wire
    /// in the clear; it is unless set. Addresses are never told.
    pub fn sni(mut self, sends_name: bool) -> Self {
        self.sends_name = sends_name;
        self
    }

    /// Accepts a good certificate for whatever name it is.
    ///
    /// **Danger**: whoever has any certificate at all of an authority that is trusted can play the
    /// server.
    #[doc(alias = "check_hostname")]
    pub fn danger_accept_any_name(mut self) -> Self {
        self.checks_name = false;
        self
    }

    /// Accepts any certificate: for any name, from anybody, out of date.
    ///
    /// **Danger**: the connection is encrypted, but nobody knows for whom. Eventlet does that unless
    /// told otherwise. To reach a server with a certificate that it has made itself, give that one to
    /// [`ca`](Self::ca) instead.
    #[doc(alias = "CERT_NONE")]
    pub fn danger_accept_any_certificate(mut self) -> Self {
        self.checks_certificate = false;
        self.danger_accept_any_name()
    }

    /// Makes the connector.
    ///
    /// # Errors
    ///
    /// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if something that was given cannot be
    /// read, as reading files does, and as the system's library does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`ConnectorBuilder`].
    pub fn build(&self) -> io::Result<Connector> {
        self.common.check()?;
        let common = &self.common;
        let mut builder = TlsConnector::builder();
        builder
            .min_protocol_version(Some(common.min_version.protocol()))
            .max_protocol_version(common.max_version.map(|version| version.protocol()))
            .disable_built_in_roots(!self.has_system_authorities)
            .use_sni(self.sends_name)
            .danger_accept_invalid_certs(!self.checks_certificate)
            .danger_accept_invalid_hostnames(!self.checks_name);
        for authority in &self.authorities {
            builder.add_root_certificate(authority.clone());
        }
        if let Some(identity) = &common.identity {
            builder.identity(identity.clone());
        }
        let protocols: Vec<_> = common.protocols.iter().map(String::as_str).collect();
        builder.request_alpns(&protocols);
        let what = "the connector cannot be made";
        let tls = builder.build().map_err(|error| invalid_input(what, error))?;
        Ok(Connector { tls, settings: common.settings })
    }
}

impl fmt::Debug for ConnectorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectorBuilder").finish_non_exhaustive()
    }
}
