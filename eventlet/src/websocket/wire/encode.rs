//! From messages to bytes.

use std::io::{self, Read, Write};

use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::protocol::frame::{CloseFrame, Frame};
use tungstenite::protocol::{Role as TheirRole, WebSocketConfig, WebSocketContext};

use super::Role;
use crate::websocket::{Close, CloseCode, Message};

/// The frame of a message.
pub(in crate::websocket) fn message_frame(message: Message) -> Frame {
    match message {
        Message::Text(text) => Frame::message(text, OpCode::Data(Data::Text), true),
        Message::Binary(bytes) => Frame::message(bytes, OpCode::Data(Data::Binary), true),
        Message::Ping(bytes) => Frame::ping(bytes),
        Message::Pong(bytes) => Frame::pong(bytes),
    }
}

/// The frame that ends a connection.
pub(in crate::websocket) fn close_frame(close: &Close) -> Frame {
    let with_code = (close.code != CloseCode::NONE)
        .then(|| CloseFrame { code: close.code.0.into(), reason: close.reason.as_str().into() });
    Frame::close(with_code)
}

/// The bytes of a frame. Those of a client are masked, by random numbers that nobody can foresee.
pub(in crate::websocket) fn encode(role: Role, frame: Frame) -> Vec<u8> {
    let role = match role {
        Role::Server => TheirRole::Server,
        Role::Client => TheirRole::Client,
    };
    let at_once = WebSocketConfig::default().read_buffer_size(0).write_buffer_size(0);
    let mut memory = Memory(Vec::with_capacity(frame.len() + 4));
    let mut context = WebSocketContext::new(role, Some(at_once));
    let written = context.write(&mut memory, tungstenite::Message::Frame(frame));
    written.expect("memory takes everything");
    memory.0
}

/// What the codec takes for a connection.
struct Memory(Vec<u8>);

impl Read for Memory {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
