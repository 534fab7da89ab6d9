//! The other end of a WebSocket, by hand: bytes on a stream.

use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::time::Duration;

use eventlet::green::os::unix::net::UnixStream;
use eventlet::websocket::{Config, Message, WebSocket};
use eventlet::{GreenThread, spawn, with_timeout};

/// A request that is right.
pub const REQUEST: &str = "GET /echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: d9MXuOzlVQ0h+qRllvSCIg==\r\n\r\n";

/// The answer to it.
pub const RESPONSE: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\
    Connection: Upgrade\r\nSec-WebSocket-Accept: ywSyWXCPNsDxLrQdQrn5RFNRfBU=\r\n\r\n";

/// A frame that goes on with a message.
pub const CONTINUE: u8 = 0;
/// A frame of a text.
pub const TEXT: u8 = 1;
/// A frame of bytes.
pub const BINARY: u8 = 2;
/// The last frame.
pub const CLOSE: u8 = 8;
/// A frame that asks for a pong.
pub const PING: u8 = 9;
/// The answer to it.
pub const PONG: u8 = 10;

/// A client that is nothing but a stream.
#[derive(Debug)]
pub struct RawClient {
    /// Its end of the connection.
    pub stream: UnixStream,
}

/// A frame that was received.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RawFrame {
    /// Whether its message ends with it.
    pub is_final: bool,
    /// Such as [`TEXT`]; reserved bits would be there, too.
    pub kind: u8,
    /// What it carries.
    pub payload: Vec<u8>,
}

impl RawFrame {
    /// The code of a close frame; none if it has none, or is another frame.
    pub fn code(&self) -> Option<u16> {
        match self.payload[..] {
            [high, low, ..] if self.kind == CLOSE => Some(u16::from_be_bytes([high, low])),
            _ => None,
        }
    }
}

/// More than the buffers of sockets take, and of TLS.
pub const MUCH: usize = 4 << 20;

/// Both ends of a connection.
pub fn pair(config: &Config) -> (WebSocket, WebSocket) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let settings = config.clone();
    let server = spawn(move || settings.accept(ours).unwrap());
    let client = config.client(theirs, "ws://localhost/").unwrap();
    (server.wait().unwrap(), client)
}

/// Receives in a green thread until the connection is over.
pub fn receive_all(ws: &WebSocket) -> GreenThread<Vec<Message>> {
    let ws = ws.clone();
    spawn(move || ws.messages().collect())
}

/// The code that a connection was closed with.
pub fn code(ws: &WebSocket) -> u16 {
    ws.closed().expect("it is closed").code.0
}

/// Both ends send more than fits on the way, at the same time.
pub fn send_much_both_ways((server, client): (WebSocket, WebSocket)) {
    let sockets = [server, client];
    let senders = sockets.clone().map(|ws| spawn(move || ws.send(vec![1; MUCH])));
    for ws in &sockets {
        assert_eq!(ws.recv().unwrap().bytes().len(), MUCH);
    }
    senders.into_iter().for_each(|sender| sender.wait().unwrap().unwrap());
}

/// A server's WebSocket and a client made by hand, which have shaken hands.
pub fn raw_client(config: &Config) -> (WebSocket, RawClient) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let config = config.clone();
    let server = spawn(move || config.accept(ours).unwrap());
    let mut client = RawClient { stream: theirs };
    client.stream.write_all(REQUEST.as_bytes()).unwrap();
    let mut response = vec![0; RESPONSE.len()];
    client.stream.read_exact(&mut response).unwrap();
    assert_eq!(String::from_utf8(response).unwrap(), RESPONSE);
    (server.wait().unwrap(), client)
}

/// A client's WebSocket and a server made by hand, which have shaken hands.
pub fn raw_server(config: &Config) -> (WebSocket, RawClient) {
    let (ours, mut theirs) = UnixStream::pair().unwrap();
    let config = config.clone();
    let client = spawn(move || config.client(ours, "ws://localhost/").unwrap());
    let request = read_head(&mut theirs);
    let key = request.split("Sec-WebSocket-Key: ").nth(1).unwrap().split("\r\n").next().unwrap();
    let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
    let response = RESPONSE.replace("ywSyWXCPNsDxLrQdQrn5RFNRfBU=", &accept);
    theirs.write_all(response.as_bytes()).unwrap();
    (client.wait().unwrap(), RawClient { stream: theirs })
}

/// Reads up to an empty line, and not a byte more.
pub fn read_head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap()
}

/// The bytes of a frame with an arbitrary mask.
pub fn masked(kind: u8, is_final: bool, payload: &[u8]) -> Vec<u8> {
    let mask = [0x37, 0xfa, 0x21, 0x3d];
    let mut bytes = head_of(kind, is_final, payload.len(), 0x80);
    bytes.extend(mask);
    bytes.extend(payload.iter().enumerate().map(|(i, byte)| byte ^ mask[i % 4]));
    bytes
}

/// The bytes of a frame without a mask.
pub fn unmasked(kind: u8, is_final: bool, payload: &[u8]) -> Vec<u8> {
    let mut bytes = head_of(kind, is_final, payload.len(), 0);
    bytes.extend(payload);
    bytes
}

fn head_of(kind: u8, is_final: bool, length: usize, mask_bit: u8) -> Vec<u8> {
    let first = kind | if is_final { 0x80 } else { 0 };
    match length {
        0..126 => vec![first, mask_bit | length as u8],
        126..65536 => {
            let [high, low] = (length as u16).to_be_bytes();
            vec![first, mask_bit | 126, high, low]
        }
        _ => {
            let mut bytes = vec![first, mask_bit | 127];
            bytes.extend((length as u64).to_be_bytes());
            bytes
        }
    }
}

impl RawClient {
    /// Sends a whole message in one frame.
    pub fn send(&mut self, kind: u8, payload: &[u8]) {
        self.stream.write_all(&masked(kind, true, payload)).unwrap();
    }

    /// Sends a close frame.
    pub fn send_close(&mut self, code: u16) {
        self.send(CLOSE, &code.to_be_bytes());
    }

    /// The next frame; none if the server has ended the connection.
    pub fn frame(&mut self) -> Option<RawFrame> {
        let (frame, mask) = self.frame_and_mask()?;
        assert_eq!(mask, None, "servers do not mask");
        Some(frame)
    }

    /// The next frame, unmasked, and its mask.
    pub fn frame_and_mask(&mut self) -> Option<(RawFrame, Option<[u8; 4]>)> {
        with_timeout(Duration::from_secs(20), || read_frame(&mut self.stream))
            .expect("a frame comes in time")
            .expect("the connection is ended in order, not reset")
    }

    /// Sends no more, and reads to the end: all frames that come.
    pub fn finish(mut self) -> Vec<RawFrame> {
        // It fails if the server has ended the connection.
        let _ = self.stream.shutdown(Shutdown::Write);
        std::iter::from_fn(|| self.frame()).collect()
    }
}

/// Reads a frame; none where the stream ends between two.
pub fn read_frame(stream: &mut impl Read) -> io::Result<Option<(RawFrame, Option<[u8; 4]>)>> {
    let mut head = [0; 2];
    if stream.read(&mut head[..1])? == 0 {
        return Ok(None);
    }
    stream.read_exact(&mut head[1..])?;
    let length = match head[1] & 0x7f {
        126 => u64::from(u16::from_be_bytes(read_array(stream)?)),
        127 => u64::from_be_bytes(read_array(stream)?),
        length => u64::from(length),
    };
    let mask = if head[1] & 0x80 == 0 { None } else { Some(read_array(stream)?) };
    let mut payload = vec![0; length as usize];
    stream.read_exact(&mut payload)?;
    for (i, byte) in payload.iter_mut().enumerate() {
        *byte ^= mask.map_or(0, |mask: [u8; 4]| mask[i % 4]);
    }
    let (is_final, kind) = (head[0] & 0x80 != 0, head[0] & 0x7f);
    Ok(Some((RawFrame { is_final, kind, payload }, mask)))
}

fn read_array<const N: usize>(stream: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}
