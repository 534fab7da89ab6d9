//! The session of the system's library, from before its handshake on.

use std::io::{self, Read, Write};
use std::mem;

use native_tls::{MidHandshakeTlsStream, TlsAcceptor, TlsConnector, TlsStream};

use super::error::HandshakeError;
use super::wire::Wire;

/// How a handshake begins.
pub(super) enum Start {
    /// As a client, who asks for the server of this name.
    Client(TlsConnector, String),
    /// As a server.
    Server(TlsAcceptor),
}

/// How far a session is. None of what it does ever waits.
pub(super) enum Session {
    New(Start),
    /// It needs more of the peer's bytes.
    Halfway(MidHandshakeTlsStream<Wire>),
    Ready(TlsStream<Wire>),
    /// For good.
    Failed(HandshakeError),
    /// In the hands of the library, for as long as `advance` runs.
    Moving,
}

/// What is to be done next in a handshake.
pub(super) enum Next {
    Nothing,
    /// More bytes are needed.
    Bytes,
}

/// As many records are encrypted before they are sent together.
const RECORDS_AT_ONCE: usize = 4;

impl Session {
    /// Brings the handshake as far as the bytes allow that have come.
    pub(super) fn advance(&mut self, wire: &Wire) -> Result<Next, HandshakeError> {
        let outcome = match mem::replace(self, Session::Moving) {
            Session::New(Start::Client(connector, name)) => connector.connect(&name, wire.clone()),
            Session::New(Start::Server(acceptor)) => acceptor.accept(wire.clone()),
            Session::Halfway(handshake) => handshake.handshake(),
            settled => {
                *self = settled;
                return self.verdict();
            }
        };
        *self = match outcome {
            Ok(session) => Session::Ready(session),
            Err(native_tls::HandshakeError::WouldBlock(handshake)) => Session::Halfway(handshake),
            Err(native_tls::HandshakeError::Failure(error)) => {
                Session::Failed(wire.with(|buffers| HandshakeError::new(&error, buffers)))
            }
        };
        self.verdict()
    }

    fn verdict(&self) -> Result<Next, HandshakeError> {
        match self {
            Session::Ready(_) => Ok(Next::Nothing),
            Session::Failed(error) => Err(error.clone()),
            _ => Ok(Next::Bytes),
        }
    }

    /// Gives the handshake up, unless it is over.
    pub(super) fn give_up(&mut self, why: HandshakeError) {
        if !matches!(self, Session::Ready(_) | Session::Failed(_)) {
            *self = Session::Failed(why);
        }
    }

    /// The session after the handshake.
    pub(super) fn ready(&mut self) -> Option<&mut TlsStream<Wire>> {
        match self {
            Session::Ready(session) => Some(session),
            _ => None,
        }
    }

    pub(super) fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.established()?.read(buf)
    }

    /// Takes some of the bytes: several records, which are then sent together.
    pub(super) fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let session = self.established()?;
        let mut n_taken = session.write(buf)?;
        for _ in 1..RECORDS_AT_ONCE {
            if n_taken == buf.len() {
                break;
            }
            match session.write(&buf[n_taken..]) {
                Ok(n_more) => n_taken += n_more,
                // It will be said again.
                Err(_) => break,
            }
        }
        Ok(n_taken)
    }

    fn established(&mut self) -> io::Result<&mut TlsStream<Wire>> {
        self.ready().ok_or_else(|| io::ErrorKind::NotConnected.into())
    }
}
