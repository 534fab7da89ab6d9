//! TLS over green streams, by the system's own library.
//!
//! A [`Connector`] begins TLS as a client and checks the server's certificate; an [`Acceptor`] begins it
//! as a server. Both make a [`TlsStream`] of any [`Transport`]: a
//! [`TcpStream`](crate::green::net::TcpStream), a
//! [`UnixStream`](crate::green::os::unix::net::UnixStream), another `TlsStream`, or anything else that
//! can be read and written, in a [`ByTurns`]. [`wrap_ssl`](crate::wrap_ssl) is the short way.
//!
//! # Eventlet's module
//!
//! | Eventlet | here |
//! |---|---|
//! | `SSLContext`, `create_default_context` | [`Connector::builder`], [`Acceptor::builder`] |
//! | `wrap_socket(sock, ...)` | [`wrap_ssl`](crate::wrap_ssl) |
//! | `context.wrap_socket(sock, server_hostname=..)` | [`Connector::connect`] |
//! | `context.wrap_socket(sock, server_side=True)`, `accept` | [`Acceptor::accept`] |
//! | `do_handshake` | [`TlsStream::handshake`] |
//! | `unwrap` | [`TlsStream::unwrap`] |
//! | `pending`, `getpeercert`, `selected_alpn_protocol` | [`TlsStream::pending`], [`TlsStream::peer_certificate`], [`TlsStream::negotiated_alpn`] |
//! | `settimeout` | [`TlsStream::set_read_timeout`], [`TlsStream::set_write_timeout`] |
//!
//! What differs: certificates are checked unless one says otherwise; a handshake has 10 seconds unless
//! one says otherwise; one green thread may read while another one writes; that the peer just closes
//! the connection is told; and the plain stream that `unwrap` gives back comes with what was read
//! ahead of it.
//!
//! Encryption, certificates and their checks are those of native-tls: OpenSSL on Linux, the system's
//! framework on macOS. It has no way to choose ciphers, to ask clients for certificates, to look at
//! lists of revoked ones, or to resume sessions by hand; and servers speak TLS 1.2 at most, while clients
//! speak 1.3 as well.

mod acceptor;
mod by_turns;
mod common;
mod connector;
mod core;
mod credentials;
mod error;
mod outbox;
mod rehearsal;
mod session;
mod stream;
mod transport;
mod version;
mod wire;

pub use acceptor::{Acceptor, AcceptorBuilder};
pub use by_turns::ByTurns;
pub use connector::{Connector, ConnectorBuilder};
pub use error::{HandshakeError, Reason};
pub use stream::TlsStream;
pub use transport::{Interest, Transport};
pub use version::Version;

/// The library's session, over the wire in memory.
type Wired = native_tls::TlsStream<wire::Wire>;
