//! Reading frames.

use std::io;
use std::rc::Rc;

use super::{Connection, Deadline};
use crate::semaphore::Permit;
use crate::websocket::wire::{Decoder, Fault, Incoming};
use crate::websocket::{Close, CloseCode, Message, transport};

impl Connection {
    /// The next message for the application; `None` when the connection is over.
    pub(in crate::websocket) fn recv(self: &Rc<Self>) -> Option<Message> {
        let mut turn = Turn::new(self, self.reading.acquire());
        loop {
            let found = self.found.borrow_mut().pop_front();
            if found.is_some() {
                return found;
            }
            if self.is_over() {
                return None;
            }
            if self.stops.get() && turn.decoder().is_between_messages() {
                drop(turn);
                self.close(&Close::new(CloseCode::GOING_AWAY, ""));
                turn = Turn::new(self, self.reading.acquire());
                continue;
            }
            if let Some(message) = turn.step() {
                return Some(message);
            }
        }
    }

    /// Has one turn of reading, if that is possible within the limit.
    pub(super) fn turn_until(self: &Rc<Self>, deadline: Deadline) -> Option<Turn<'_>> {
        Some(Turn::new(self, self.reading.acquire_timeout(deadline.left())?))
    }
}

/// Who reads. The decoder goes back when this is dropped, also by a kill.
pub(super) struct Turn<'a> {
    connection: &'a Rc<Connection>,
    decoder: Option<Decoder>,
    _permit: Permit,
}

impl<'a> Turn<'a> {
    fn new(connection: &'a Rc<Connection>, permit: Permit) -> Self {
        let decoder = connection.decoder.take();
        Turn { connection, decoder, _permit: permit }
    }

    fn decoder(&mut self) -> &mut Decoder {
        self.decoder.as_mut().expect("only who has the turn takes the decoder")
    }

    /// Decodes what is there, or waits for more: the message, if it is one for the application.
    pub(super) fn step(&mut self) -> Option<Message> {
        match self.decoder().next() {
            Ok(Some(Incoming::Message(message))) => return self.sort(message),
            Ok(Some(Incoming::Close(close))) => self.end_with(close),
            Ok(None) => self.read(),
            Err(fault) => self.refuse(fault),
        }
        None
    }

    /// Answers pings, and keeps control messages from applications that have not asked for them.
    fn sort(&self, message: Message) -> Option<Message> {
        if let Message::Ping(bytes) = &message {
            self.connection.answer(bytes.clone());
        }
        let is_wanted = !message.is_control() || self.connection.config.control_messages;
        is_wanted.then_some(message)
    }

    fn read(&mut self) {
        let connection = self.connection;
        let decoder = self.decoder();
        let idle = Idle::new(connection, decoder.is_between_messages());
        let read = decoder.fill(|room| connection.stream.read(room));
        drop(idle);
        match read {
            Ok(0) => connection.end(Close::lost("the peer has ended the connection")),
            Ok(_) => connection.n_signs.set(connection.n_signs.get() + 1),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => connection.end(Close::lost(error)),
        }
    }

    /// The peer has sent its last frame, and gets ours.
    fn end_with(&self, close: Close) {
        let deadline = Deadline::within(self.connection.config.close_within);
        self.connection.say_goodbye(&close, deadline);
        self.connection.end(close);
    }

    /// The peer has broken the rules, and hears which.
    fn refuse(&self, fault: Fault) {
        let connection = self.connection;
        let deadline = Deadline::within(connection.config.close_within);
        let close = Close::new(fault.code, &fault.reason);
        connection.say_goodbye(&close, deadline);
        if !connection.is_over() {
            transport::linger(&*connection.stream, deadline.left());
        }
        connection.end(close);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.connection.decoder.replace(self.decoder.take());
    }
}

/// Says that a connection is idle while someone waits for its next message.
struct Idle<'a>(&'a Connection);

impl<'a> Idle<'a> {
    fn new(connection: &'a Connection, is_idle: bool) -> Self {
        connection.is_idle.set(is_idle);
        Idle(connection)
    }
}

impl Drop for Idle<'_> {
    fn drop(&mut self) {
        self.0.is_idle.set(false);
    }
}
