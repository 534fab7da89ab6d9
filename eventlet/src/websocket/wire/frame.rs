//! The head of a frame, and what must not be in it.

use std::borrow::Cow;
use std::io::Cursor;

use tungstenite::protocol::frame::FrameHeader;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use crate::websocket::CloseCode;

/// Which end of a connection this is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Server,
    Client,
}

/// How much may be received at a time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes of one frame.
    pub(crate) frame: usize,
    /// Bytes of all frames of a message.
    pub(crate) message: usize,
}

/// What the peer has done wrong: the connection is to be closed with this code.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) code: CloseCode,
    pub(crate) reason: Cow<'static, str>,
}

impl Fault {
    pub(super) fn protocol(reason: &'static str) -> Self {
        Fault { code: CloseCode::PROTOCOL, reason: reason.into() }
    }

    pub(super) fn text(reason: &'static str) -> Self {
        Fault { code: CloseCode::INVALID_DATA, reason: reason.into() }
    }

    pub(super) fn too_big(reason: String) -> Self {
        Fault { code: CloseCode::TOO_BIG, reason: reason.into() }
    }
}

/// A frame whose head has been read.
pub(super) struct Frame {
    pub(super) kind: OpCode,
    pub(super) is_final: bool,
    /// Bytes of its payload that have not been taken.
    pub(super) left: usize,
    mask: Option<[u8; 4]>,
    /// How far the mask is turned.
    turned: usize,
}

impl Frame {
    /// Reads a head, and says how long it is; `None` if it is not there as a whole.
    pub(super) fn parse(
        bytes: &[u8],
        role: Role,
        limits: Limits,
    ) -> Result<Option<(Self, usize)>, Fault> {
        let &[first, second, ..] = bytes else { return Ok(None) };
        judge(first, second, role)?;
        let mut cursor = Cursor::new(bytes);
        let header = FrameHeader::parse(&mut cursor);
        let header = header.map_err(|_| Fault::protocol("the head of the frame is malformed"))?;
        let Some((header, length)) = header else { return Ok(None) };
        let n_taken = usize::try_from(cursor.position()).expect("it is within the bytes");
        if header.len(length) != n_taken {
            return Err(Fault::protocol("the length is not in its shortest form"));
        }
        if length > i64::MAX as u64 {
            return Err(Fault::protocol("the length has its first bit set"));
        }
        if length > limits.frame as u64 {
            let limit = limits.frame;
            return Err(Fault::too_big(format!(
                "a frame of {length} bytes is above the limit of {limit} bytes"
            )));
        }
        let FrameHeader { opcode: kind, is_final, mask, .. } = header;
        let left = usize::try_from(length).expect("it is not above a limit that is a usize");
        Ok(Some((Frame { kind, is_final, left, mask, turned: 0 }, n_taken)))
    }

    /// Takes what there is of the payload, and says how much.
    pub(super) fn take(&mut self, bytes: &[u8], into: &mut Vec<u8>) -> usize {
        let n = self.left.min(bytes.len());
        let start = into.len();
        into.extend_from_slice(&bytes[..n]);
        if let Some(mask) = self.mask {
            let mask: [u8; 4] = std::array::from_fn(|i| mask[(i + self.turned) % 4]);
            unmask(&mut into[start..], mask);
        }
        self.turned = (self.turned + n) % 4;
        self.left -= n;
        n
    }
}

fn unmask(bytes: &mut [u8], mask: [u8; 4]) {
    for chunk in bytes.chunks_mut(4) {
        for (byte, mask) in chunk.iter_mut().zip(mask) {
            *byte ^= mask;
        }
    }
}

/// What can be said of a frame by its first two bytes, so that nothing more is waited for.
fn judge(first: u8, second: u8, role: Role) -> Result<(), Fault> {
    let is_final = first & 0x80 != 0;
    let is_masked = second & 0x80 != 0;
    if first & 0x70 != 0 {
        return Err(Fault::protocol("a reserved bit is set, and no extension was agreed on"));
    }
    match OpCode::from(first & 0x0f) {
        OpCode::Data(Data::Reserved(_)) | OpCode::Control(Control::Reserved(_)) => {
            return Err(Fault::protocol("the kind of the frame is unknown"));
        }
        OpCode::Control(_) if !is_final => {
            return Err(Fault::protocol("a control frame is fragmented"));
        }
        OpCode::Control(_) if second & 0x7f > 125 => {
            return Err(Fault::protocol("a control frame has more than 125 bytes"));
        }
        OpCode::Control(_) | OpCode::Data(_) => {}
    }
    match role {
        Role::Server if !is_masked => Err(Fault::protocol("a frame of a client is not masked")),
        Role::Client if is_masked => Err(Fault::protocol("a frame of a server is masked")),
        Role::Server | Role::Client => Ok(()),
    }
}
