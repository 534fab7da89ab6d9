//! One connection: what its handles, its keeper and the server share.
//!
//! ```text
//!   send ──┐                                   ┌──▶ recv
//!   pong ──┼── writing (a lock) ──▶ stream ──▶ reading (a lock) ──▶ decoder
//!   close ─┘                                   └──▶ close, keeper
//! ```
//!
//! Who has `writing` writes whole frames, who has `reading` takes messages, and neither ever waits
//! for the other: a pong is written by a green thread of its own.

mod close;
mod keeper;
mod receive;
mod send;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::net::Shutdown;
use std::time::Duration;

use super::handshake::Opening;
use super::wire::{Decoder, Limits, Role};
use super::{Close, Config, Message, Transport};
use crate::event::Flag;
use crate::hub::{self, Hub, Time};
use crate::lock::Lock;

pub(super) struct Connection {
    stream: Box<dyn Transport>,
    role: Role,
    pub(super) config: Config,
    /// What was said in the handshake.
    pub(super) opening: Opening,
    /// Held by whoever reads, so that one at a time does.
    reading: Lock,
    /// Held while a frame is written, so that frames do not mix.
    writing: Lock,
    /// Taken out by whoever holds `reading`: nothing is borrowed while it waits.
    decoder: RefCell<Option<Decoder>>,
    /// Messages that the keeper came across while it looked for signs of life.
    found: RefCell<VecDeque<Message>>,
    /// The bytes of the last ping that has not been answered. Earlier ones need no answer.
    to_answer: RefCell<Option<Vec<u8>>>,
    /// Whether there is a green thread that answers pings.
    answers: Cell<bool>,
    /// How often bytes have arrived: the peer's signs of life.
    n_signs: Cell<u64>,
    /// Whether our close frame has been written, or is being. Nothing is written after it.
    said_goodbye: Cell<bool>,
    /// Whether somebody waits for a message of which nothing has arrived.
    is_idle: Cell<bool>,
    /// Whether the server stops: nobody begins to wait for a message any more.
    stops: Cell<bool>,
    /// Why it is over, once it is.
    closed: RefCell<Option<Close>>,
    /// Set when it is over, for the keeper.
    over: Flag,
}

impl Connection {
    pub(super) fn new(
        stream: Box<dyn Transport>,
        role: Role,
        config: Config,
        opening: Opening,
        read_ahead: Vec<u8>,
    ) -> Self {
        stream.send_at_once();
        let limits = Limits { frame: config.max_frame, message: config.max_message };
        Connection {
            stream,
            role,
            config,
            opening,
            reading: Lock::new(),
            writing: Lock::new(),
            decoder: RefCell::new(Some(Decoder::new(role, limits, read_ahead))),
            found: RefCell::default(),
            to_answer: RefCell::default(),
            answers: Cell::new(false),
            n_signs: Cell::new(0),
            said_goodbye: Cell::new(false),
            is_idle: Cell::new(false),
            stops: Cell::new(false),
            closed: RefCell::new(None),
            over: Flag::new(),
        }
    }

    /// Why it is over.
    pub(super) fn closed(&self) -> Option<Close> {
        self.closed.borrow().clone()
    }

    fn is_over(&self) -> bool {
        self.closed.borrow().is_some()
    }

    /// Ends it, unless it has ended, and whoever reads or writes.
    pub(super) fn end(&self, close: Close) {
        if self.is_over() {
            return;
        }
        self.closed.replace(Some(close));
        self.over.set();
        // It fails if the peer has ended it, which is as good.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// A moment that several waits share.
#[derive(Clone, Copy)]
struct Deadline(Time);

impl Deadline {
    fn within(limit: Duration) -> Self {
        Deadline(hub::with(|hub: &Hub| hub.deadline_in(limit)))
    }

    /// What need not wait gets done.
    fn now() -> Self {
        Deadline(Time::START)
    }

    /// How long it is until then.
    fn left(self) -> Duration {
        self.0.since(hub::with(Hub::now))
    }
}
