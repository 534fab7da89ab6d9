//! Writing frames.

use std::io;
use std::rc::Rc;

use tungstenite::protocol::frame::Frame;

use super::{Connection, Deadline};
use crate::websocket::wire::{close_frame, encode, message_frame};
use crate::websocket::{Close, Message, transport};
use crate::with_timeout;

impl Connection {
    /// Sends a message, when those are sent for whom others wait already.
    pub(in crate::websocket) fn send(&self, message: Message) -> io::Result<()> {
        if message.is_control() && message.bytes().len() > 125 {
            let why = "a ping or pong has at most 125 bytes: send more as a binary message";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        self.write(|| message_frame(message))
    }

    fn write(&self, frame: impl FnOnce() -> Frame) -> io::Result<()> {
        self.check_open()?;
        let _turn = self.writing.acquire();
        self.check_open()?;
        self.transmit(frame())
    }

    fn check_open(&self) -> io::Result<()> {
        let why = match &*self.closed.borrow() {
            Some(close) => format!("the WebSocket is closed: {close}"),
            None if self.said_goodbye.get() => "the WebSocket is being closed".to_owned(),
            None => return Ok(()),
        };
        Err(io::Error::new(io::ErrorKind::BrokenPipe, why))
    }

    /// Writes a frame; the caller holds `writing`. If it is not written to its end, it was the last.
    fn transmit(&self, frame: Frame) -> io::Result<()> {
        let bytes = encode(self.role, frame);
        let torn = EndOnDrop(self);
        let written = transport::write_all(&*self.stream, &bytes);
        std::mem::forget(torn);
        if let Err(error) = &written {
            self.end(Close::lost(error));
        }
        written
    }

    /// Answers a ping without making the reader wait: a green thread does it, one at a time.
    pub(super) fn answer(self: &Rc<Self>, ping: Vec<u8>) {
        self.to_answer.replace(Some(ping));
        if self.answers.replace(true) {
            return;
        }
        let this = Rc::clone(self);
        crate::spawn_n(move || {
            // An error is that of the connection, and whoever uses it hears of it.
            let _ = this.write_answers();
            this.answers.set(false);
        });
    }

    fn write_answers(&self) -> io::Result<()> {
        while self.to_answer.borrow().is_some() {
            // Which ping is the last one is known when it is this one's turn.
            self.write(|| message_frame(Message::Pong(self.to_answer.take().unwrap_or_default())))?;
        }
        Ok(())
    }

    /// Sends our last frame, unless it has been sent. Where that takes too long, the connection has
    /// ended when this returns.
    pub(super) fn say_goodbye(&self, close: &Close, deadline: Deadline) {
        let Some(_turn) = self.writing.acquire_timeout(deadline.left()) else {
            return self.end(Close::lost("the peer takes nothing, not even a close frame"));
        };
        if self.is_over() || self.said_goodbye.replace(true) {
            return;
        }
        // A failure ends the connection, and so does a limit that is reached.
        let _ = with_timeout(deadline.left(), || self.transmit(close_frame(close)));
    }
}

/// Ends a connection if a kill or a timeout comes in the middle of a frame.
struct EndOnDrop<'a>(&'a Connection);

impl Drop for EndOnDrop<'_> {
    fn drop(&mut self) {
        self.0.end(Close::lost("a frame was not written to its end"));
    }
}
