//! Both sides of TLS, with certificates of their own.

use std::path::Path;

use eventlet::green::net::TcpStream;
use eventlet::green::process::{Command, Stdio};
use eventlet::green::ssl::{Acceptor, AcceptorBuilder, Connector, ConnectorBuilder};
use eventlet::green::ssl::{TlsStream, Transport};
use eventlet_tests::net;

use crate::Certificates;

/// A server with a certificate for this machine, and a client that trusts nobody but its issuer.
pub struct Tls {
    /// Theirs.
    pub certificates: Certificates,
    /// The server.
    pub acceptor: Acceptor,
    /// The client.
    pub connector: Connector,
}

impl Tls {
    /// Both as they are unless told otherwise.
    #[allow(clippy::new_without_default, reason = "it runs programs")]
    pub fn new() -> Self {
        Self::with(|acceptor| acceptor, |connector| connector)
    }

    /// Both with settings.
    pub fn with(
        acceptor: impl FnOnce(AcceptorBuilder) -> AcceptorBuilder,
        connector: impl FnOnce(ConnectorBuilder) -> ConnectorBuilder,
    ) -> Self {
        let certificates = Certificates::new();
        let server = certificates.server();
        let builder = Acceptor::builder().certificate_files(server.pem(), server.key());
        let acceptor = acceptor(builder).build().unwrap();
        let builder = Connector::builder().ca_file(certificates.ca()).only_given_cas();
        let connector = connector(builder).build().unwrap();
        Tls { certificates, acceptor, connector }
    }

    /// The client and the server of a connection, after the handshake.
    pub fn pair(&self) -> (TlsStream<TcpStream>, TlsStream<TcpStream>) {
        let (near, far) = net::pair();
        self.over(near, far)
    }

    /// The same over two streams that are connected.
    pub fn over<N, F>(&self, near: N, far: F) -> (TlsStream<N>, TlsStream<F>)
    where
        N: Transport,
        F: Transport + 'static,
    {
        let server = self.acceptor.accept(far);
        let server = eventlet::spawn(move || server.handshake().map(|()| server));
        let client = self.connector.connect("localhost", near).unwrap();
        (client, server.wait().unwrap().unwrap())
    }
}

/// The `openssl` program, with pipes to and from it.
pub fn openssl(args: &[&str]) -> Command {
    let mut command = Command::new("openssl");
    command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A script for Debian's Python, with pipes to and from it.
pub fn python(script: &str, args: &[&str]) -> Command {
    let mut command = Command::new("/usr/bin/python3");
    command.arg("-c").arg(script).args(args);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A path as an argument.
pub fn text(path: impl AsRef<Path>) -> String {
    path.as_ref().to_str().unwrap().to_owned()
}
