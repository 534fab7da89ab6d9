//! From bytes to messages.

use std::io;

use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::Buffer;
use super::frame::{Fault, Frame, Limits, Role};
use super::partial::Partial;
use crate::websocket::{Close, CloseCode, Message};

/// What has arrived as a whole.
#[derive(Debug)]
pub(crate) enum Incoming {
    /// A ping or a pong, too.
    Message(Message),
    /// The peer's last frame.
    Close(Close),
}

/// Puts frames and messages together.
///
/// It holds no more than one message, its limits see to that, and no room for what has merely been
/// announced.
pub(crate) struct Decoder {
    role: Role,
    limits: Limits,
    buffer: Buffer,
    /// The frame whose payload is arriving.
    frame: Option<Frame>,
    /// The message that has begun. Control frames may come in between.
    message: Option<Partial>,
    /// The payload of the control frame that is arriving.
    control: Vec<u8>,
}

impl Decoder {
    /// Begins with what was read behind the handshake.
    pub(crate) fn new(role: Role, limits: Limits, read_ahead: Vec<u8>) -> Self {
        let buffer = Buffer::new(read_ahead);
        Decoder { role, limits, buffer, frame: None, message: None, control: Vec::new() }
    }

    /// Lets `read` add to the bytes. If it unwinds nothing has changed.
    pub(crate) fn fill(
        &mut self,
        read: impl FnOnce(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        self.buffer.fill(read)
    }

    /// Whether nothing has arrived of which more must come.
    pub(crate) fn is_between_messages(&self) -> bool {
        self.buffer.data().is_empty() && self.frame.is_none() && self.message.is_none()
    }

    /// The next of what has arrived; `None` if that takes more bytes.
    ///
    /// After a fault, and after the peer's close, what follows means nothing.
    pub(crate) fn next(&mut self) -> Result<Option<Incoming>, Fault> {
        loop {
            let mut frame = match self.frame.take() {
                Some(frame) => frame,
                None => match self.begin_frame()? {
                    Some(frame) => frame,
                    None => return Ok(None),
                },
            };
            self.take_payload(&mut frame)?;
            if frame.left > 0 {
                self.frame = Some(frame);
                return Ok(None);
            }
            if let Some(incoming) = self.end_frame(&frame)? {
                return Ok(Some(incoming));
            }
        }
    }

    fn begin_frame(&mut self) -> Result<Option<Frame>, Fault> {
        let parsed = Frame::parse(self.buffer.data(), self.role, self.limits)?;
        let Some((frame, n_taken)) = parsed else { return Ok(None) };
        self.buffer.take(n_taken);
        if let OpCode::Data(kind) = frame.kind {
            let limits = self.limits;
            self.begin_data(kind)?.expect(frame.left, limits)?;
        }
        Ok(Some(frame))
    }

    /// The message that a frame of this kind belongs to.
    fn begin_data(&mut self, kind: Data) -> Result<&mut Partial, Fault> {
        match (kind, &mut self.message) {
            (Data::Continue, None) => {
                Err(Fault::protocol("a frame continues a message that has not begun"))
            }
            (Data::Continue, Some(message)) => Ok(message),
            (_, Some(_)) => Err(Fault::protocol("a message begins before the last one has ended")),
            (kind, none) => Ok(none.insert(Partial::new(kind == Data::Text))),
        }
    }

    fn take_payload(&mut self, frame: &mut Frame) -> Result<(), Fault> {
        let message = match frame.kind {
            OpCode::Control(_) => None,
            OpCode::Data(_) => self.message.as_mut(),
        };
        let Some(message) = message else {
            let n = frame.take(self.buffer.data(), &mut self.control);
            self.buffer.take(n);
            return Ok(());
        };
        let n = frame.take(self.buffer.data(), &mut message.bytes);
        self.buffer.take(n);
        // The last piece is looked at when the message is finished.
        if frame.left > 0 || !frame.is_final { message.check() } else { Ok(()) }
    }

    fn end_frame(&mut self, frame: &Frame) -> Result<Option<Incoming>, Fault> {
        match frame.kind {
            OpCode::Control(kind) => {
                let payload = std::mem::take(&mut self.control);
                match kind {
                    Control::Ping => Ok(Some(Incoming::Message(Message::Ping(payload)))),
                    Control::Close => Ok(Some(Incoming::Close(read_close(&payload)?))),
                    Control::Pong | Control::Reserved(_) => {
                        Ok(Some(Incoming::Message(Message::Pong(payload))))
                    }
                }
            }
            OpCode::Data(_) if !frame.is_final => Ok(None),
            OpCode::Data(_) => {
                let message = self.message.take().map(Partial::finish).transpose()?;
                Ok(message.map(Incoming::Message))
            }
        }
    }
}

/// What is in a close frame.
fn read_close(payload: &[u8]) -> Result<Close, Fault> {
    match payload {
        [] => Ok(Close::new(CloseCode::NONE, "")),
        [_] => Err(Fault::protocol("a close frame has one byte only")),
        [high, low, reason @ ..] => {
            let code = CloseCode(u16::from_be_bytes([*high, *low]));
            if !code.may_be_sent() {
                return Err(Fault::protocol("a close frame has a code that must not be sent"));
            }
            let reason = std::str::from_utf8(reason);
            let reason = reason.map_err(|_| Fault::text("the reason of a close is not UTF-8"))?;
            Ok(Close::new(code, reason))
        }
    }
}
