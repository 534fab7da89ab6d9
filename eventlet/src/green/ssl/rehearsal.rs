//! A handshake in memory, which shows whether a server can make any: that a certificate and a key
//! belong together is not looked at before.

use std::io;
use std::sync::OnceLock;

use native_tls::{Protocol, TlsAcceptor, TlsConnector};

use super::error::invalid_input;
use super::session::{Next, Session, Start};
use super::wire::Wire;

/// More than any handshake has.
const FLIGHTS: usize = 10;

/// Has the acceptor make a handshake with a client who accepts everything.
///
/// # Errors
///
/// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if that fails.
pub(super) fn rehearse(acceptor: &TlsAcceptor) -> io::Result<()> {
    let (near, far) = (Wire::default(), Wire::default());
    let mut client = Session::New(Start::Client(lenient_client()?, "rehearsal.invalid".into()));
    let mut server = Session::New(Start::Server(acceptor.clone()));
    for _ in 0..FLIGHTS {
        // What is wrong with the server is for the server to say.
        let _ = client.advance(&near);
        carry(&near, &far);
        match server.advance(&far) {
            Ok(Next::Nothing) => return Ok(()),
            Ok(Next::Bytes) => carry(&far, &near),
            Err(error) => {
                let text = format!(
                    "no client can connect with this certificate, key and versions; perhaps the key is \
                     not that of the certificate: {error}"
                );
                return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
            }
        }
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "the acceptor ends no handshake"))
}

/// The client of all rehearsals: making one takes longer than a handshake.
fn lenient_client() -> io::Result<TlsConnector> {
    static CLIENT: OnceLock<TlsConnector> = OnceLock::new();
    if let Some(client) = CLIENT.get() {
        return Ok(client.clone());
    }
    let client = TlsConnector::builder()
        .disable_built_in_roots(true)
        .danger_accept_invalid_certs(true)
        .danger_accept_invalid_hostnames(true)
        .min_protocol_version(Some(Protocol::Tlsv10))
        .build()
        .map_err(|error| invalid_input("no client can be made to try the acceptor", error))?;
    Ok(CLIENT.get_or_init(|| client).clone())
}

/// Takes what one side wants to be sent to the other.
fn carry(from: &Wire, to: &Wire) {
    let mut flight = Vec::new();
    from.with(|buffers| buffers.swap_outgoing(&mut flight));
    let len = flight.len();
    if len > 0 {
        to.with(|buffers| buffers.give(flight, len));
    }
}
