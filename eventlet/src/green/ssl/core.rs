//! Between the session and the transport: what moves bytes, and what waits.
//!
//! ```text
//!              push                         write
//!   transport ◄───── outbox ◄── outgoing ◄──────── session ◄─► user
//!             ─────────────────► incoming ────────►
//!              pull                          read
//! ```
//!
//! All of this is tried and never waits, so that a session can be shared by one who reads and one who
//! writes: each finds out what it needs, and waits for that without holding anything.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, TryLockError};

use super::error::{HandshakeError, with_kind};
use super::outbox::Outbox;
use super::session::{Next, Session, Start};
use super::wire::Wire;
use super::{Interest, Transport};
use crate::green::sync::{Mutex, MutexGuard};
use crate::oslock;

/// The smallest and the largest piece that is read at once. Who is given as much as that reads more
/// the next time.
const SMALL_CHUNK: usize = 4096;
const LARGE_CHUNK: usize = 65536;

pub(super) struct Core<T> {
    pub(super) transport: T,
    wire: Wire,
    /// Held for one step of the library's, which never waits.
    session: oslock::Mutex<Session>,
    /// The handshake is over and has succeeded.
    is_ready: AtomicBool,
    /// Nothing more is written: the peer has been told so, or is about to be.
    has_ended: AtomicBool,
    /// Held while the transport is read, for the order of what comes. Says how much is read at once.
    reading: Mutex<usize>,
    /// Held while the transport is written, for the order of what goes.
    writing: Mutex<Outbox>,
    allows_ragged_end: bool,
}

/// Why a try has come to nothing.
pub(super) enum Stop {
    /// More bytes are needed than these so many chunks.
    Bytes(u64),
    /// What is to be sent has to be sent first.
    Room,
    Error(io::Error),
}

/// What has come of sending.
#[derive(PartialEq, Eq)]
enum Sent {
    /// There was nothing to be sent, or another one sees to it.
    Nothing,
    All,
    /// The transport has no room.
    Blocked,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Error(error)
    }
}

impl From<Stop> for io::Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Bytes(_) | Stop::Room => would_block(),
            Stop::Error(error) => error,
        }
    }
}

/// The error of a call that does not wait, or no longer.
pub(super) fn would_block() -> io::Error {
    io::Error::from_raw_os_error(libc::EAGAIN)
}

pub(super) fn is_would_block(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

/// Locks what is in order whenever someone is killed who has it.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<T: Transport> Core<T> {
    pub(super) fn new(start: Start, transport: T, allows_ragged_end: bool) -> Self {
        Core {
            transport,
            wire: Wire::default(),
            session: oslock::Mutex::new(Session::New(start)),
            is_ready: AtomicBool::new(false),
            has_ended: AtomicBool::new(false),
            reading: Mutex::new(SMALL_CHUNK),
            writing: Mutex::new(Outbox::default()),
            allows_ragged_end,
        }
    }

    pub(super) fn is_ready(&self) -> bool {
        self.is_ready.load(Ordering::Acquire)
    }

    /// Has the library do something, and says how many chunks of bytes it has seen.
    pub(super) fn step<R>(&self, f: impl FnOnce(&mut Session) -> R) -> (R, u64) {
        let mut session = self.session.lock();
        let result = f(&mut session);
        (result, self.wire.with(|buffers| buffers.n_chunks()))
    }

    pub(super) fn try_handshake(&self) -> Result<(), Stop> {
        while !self.is_ready() {
            let (next, n_chunks) = self.step(|session| session.advance(&self.wire));
            // The peer is told of a failure, too.
            self.push_quietly();
            match next.map_err(io::Error::from)? {
                Next::Nothing => self.is_ready.store(true, Ordering::Release),
                Next::Bytes => self.pull(n_chunks)?,
            }
        }
        Ok(())
    }

    pub(super) fn give_up(&self, why: HandshakeError) {
        self.step(|session| session.give_up(why));
    }

    pub(super) fn try_read(&self, buf: &mut [u8]) -> Result<usize, Stop> {
        self.try_handshake()?;
        loop {
            let (read, n_chunks) = self.step(|session| session.read(buf));
            self.push_quietly();
            match read {
                Ok(n_read) => return Ok(n_read),
                Err(error) if is_would_block(&error) => self.pull(n_chunks)?,
                Err(error) => return self.at_ragged_end(error).map_err(Stop::Error),
            }
        }
    }

    /// The transport may end before the peer has said that it ends TLS.
    fn at_ragged_end(&self, error: io::Error) -> io::Result<usize> {
        if error.kind() != io::ErrorKind::UnexpectedEof {
            return Err(with_kind(error));
        }
        if self.allows_ragged_end {
            return Ok(0);
        }
        let text =
            "the peer has closed the connection without ending TLS; what came may be cut off";
        Err(io::Error::new(io::ErrorKind::UnexpectedEof, text))
    }

    pub(super) fn try_write(&self, buf: &[u8]) -> Result<usize, Stop> {
        self.try_handshake()?;
        loop {
            // So that what is on its way out does not grow.
            self.try_flush()?;
            if self.has_ended.load(Ordering::Acquire) {
                let text = "this end of the TLS stream has been shut down";
                return Err(io::Error::new(io::ErrorKind::BrokenPipe, text).into());
            }
            let (taken, n_chunks) = self.step(|session| session.write(buf));
            match taken {
                Ok(n_taken) => {
                    self.push(true)?;
                    return Ok(n_taken);
                }
                Err(error) if is_would_block(&error) => self.pull(n_chunks)?,
                Err(error) => {
                    self.push_quietly();
                    return Err(with_kind(error).into());
                }
            }
        }
    }

    pub(super) fn try_flush(&self) -> Result<(), Stop> {
        match self.push(true)? {
            Sent::Blocked => Err(Stop::Room),
            Sent::Nothing | Sent::All => Ok(()),
        }
    }

    /// Whether something is still to be sent.
    pub(super) fn owes(&self) -> bool {
        self.wire.with(|buffers| buffers.owes)
    }

    /// Ends TLS in this direction: nothing more is written but that it ends.
    pub(super) fn end(&self) -> io::Result<()> {
        if !self.is_ready() || self.has_ended.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let ended = self.step(|session| session.ready().map_or(Ok(()), |tls| tls.shutdown())).0;
        match ended {
            Err(error) if !is_would_block(&error) => Err(with_kind(error)),
            _ => Ok(()),
        }
    }

    /// Sends what is to be sent, if there is room. Behind another one who does so, who may wait in a
    /// transport that cannot be tried, it stands `in_line` or leaves it to him.
    fn push(&self, in_line: bool) -> io::Result<Sent> {
        let mut sent = Sent::Nothing;
        // Again, since who had the outbox may not have seen what came after his last look.
        while self.owes() {
            let mut outbox = match self.writing.try_lock() {
                Ok(outbox) => outbox,
                Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
                Err(TryLockError::WouldBlock) if in_line => lock(&self.writing),
                Err(TryLockError::WouldBlock) => return Ok(Sent::Nothing),
            };
            match outbox.send(&self.wire, &self.transport) {
                Err(error) if is_would_block(&error) => return Ok(Sent::Blocked),
                done => done?,
            }
            sent = Sent::All;
        }
        Ok(sent)
    }

    /// The same for those who do not write: what is wrong with that is for others to hear.
    fn push_quietly(&self) -> Sent {
        self.push(false).unwrap_or(Sent::Nothing)
    }

    /// Has the transport bring more bytes than these so many chunks, unless someone has by now.
    fn pull(&self, n_chunks: u64) -> Result<(), Stop> {
        let mut size = lock(&self.reading);
        let is_next = self.wire.with(|buffers| buffers.n_chunks() == n_chunks);
        if !is_next {
            return Ok(());
        }
        let mut chunk = self.wire.with(|buffers| buffers.take_chunk());
        if chunk.len() != *size {
            chunk = vec![0; *size];
        }
        let n_read = match self.transport.try_read(&mut chunk) {
            // Who waits keeps no buffer.
            Err(error) if is_would_block(&error) => return Err(Stop::Bytes(n_chunks)),
            read => read?,
        };
        if n_read == *size {
            *size = (*size * 2).min(LARGE_CHUNK);
        }
        self.wire.with(|buffers| buffers.give(chunk, n_read));
        Ok(())
    }

    /// Waits until it is worth trying again what has come to nothing.
    pub(super) fn wait_out(&self, stop: Stop) -> io::Result<()> {
        match stop {
            Stop::Error(error) => Err(error),
            Stop::Room => match self.push(true)? {
                Sent::Blocked => self.transport.wait(Interest::Write),
                Sent::Nothing | Sent::All => Ok(()),
            },
            Stop::Bytes(n_chunks) => match self.push_quietly() {
                // The peer may need these bytes before it says more, or read nothing before it is read.
                Sent::Blocked => self.transport.wait(Interest::Either),
                _ if self.wire.with(|buffers| buffers.n_chunks() != n_chunks) => Ok(()),
                Sent::Nothing | Sent::All => self.transport.wait(Interest::Read),
            },
        }
    }

    /// Waits as a transport, which is not told why a try has come to nothing.
    pub(super) fn wait(&self, interest: Interest) -> io::Result<()> {
        match (interest, self.push(interest != Interest::Read)) {
            (Interest::Write, Ok(Sent::Blocked)) => self.transport.wait(Interest::Write),
            (_, Ok(Sent::Blocked)) => self.transport.wait(Interest::Either),
            (Interest::Write | Interest::Either, Ok(Sent::All)) => Ok(()),
            (Interest::Write, Err(error)) => Err(error),
            _ => self.transport.wait(Interest::Read),
        }
    }

    /// Gives the transport back, with what it has brought that came after the end of TLS.
    pub(super) fn into_parts(self) -> (T, Vec<u8>) {
        let rest = self.wire.with(|buffers| buffers.rest().to_vec());
        (self.transport, rest)
    }
}
