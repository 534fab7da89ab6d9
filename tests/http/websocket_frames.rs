//! Frames of all kinds, byte by byte: the table in `websocket_frames.txt`; masks.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use eventlet::green::os::unix::net::UnixStream;
use eventlet::sleep;
use eventlet::websocket::{self, CloseCode, Config, Message, WebSocket};
use eventlet_http_tests::websocket::{
    CLOSE, PONG, REQUEST, RawFrame, TEXT, masked, raw_client, raw_server, receive_all, unmasked,
};
use eventlet_tests::check;

/// A line of the table.
struct Case {
    name: &'static str,
    bytes: Vec<u8>,
    received: &'static str,
    code: &'static str,
}

fn cases() -> Vec<Case> {
    let lines = include_str!("websocket_frames.txt").lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(case).collect()
}

fn case(line: &'static str) -> Case {
    let cells: Vec<_> = line.split('|').map(str::trim).collect();
    let [name, bytes, received, code] = cells[..] else { panic!("four cells: {line}") };
    let bytes = bytes.split_whitespace().flat_map(bytes_of).collect();
    Case { name, bytes, received, code }
}

fn bytes_of(word: &str) -> Vec<u8> {
    if let Some(text) = word.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return text.into();
    }
    if let Some((byte, n)) = word.split_once('*') {
        return hex(byte).repeat(n.parse().unwrap());
    }
    hex(word)
}

fn hex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks_exact(2).map(|pair| std::str::from_utf8(pair).unwrap());
    assert!(digits.len().is_multiple_of(2), "an odd number of digits: {digits}");
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

/// What was received, as the table has it; long messages by their length.
fn described(messages: &[Message], like: &str) -> String {
    let words: Vec<_> = like.split_whitespace().collect();
    let describe = |(i, message): (usize, &Message)| {
        let is_by_length = words.get(i).is_some_and(|word| !word.contains(':'));
        match message {
            Message::Text(text) if is_by_length => format!("t{}", text.len()),
            Message::Text(text) => format!("t:{text}"),
            other if is_by_length => format!("b{}", other.bytes().len()),
            other => other.bytes().iter().fold("b:".to_owned(), |mut hex, byte| {
                write!(hex, "{byte:02x}").unwrap();
                hex
            }),
        }
    };
    messages.iter().enumerate().map(describe).collect::<Vec<_>>().join(" ")
}

fn limited() -> Config {
    Config::new().max_frame(1000).max_message(2000)
}

/// What a server makes of the bytes: messages, and all frames that it sends.
fn run(pieces: &[&[u8]]) -> (Vec<Message>, WebSocket, Vec<RawFrame>) {
    let (server, mut client) = raw_client(&limited());
    let receiver = server.clone();
    let receiver = eventlet::spawn(move || receiver.messages().collect::<Vec<_>>());
    for piece in pieces {
        // It fails if the server has had enough, which is fine.
        if client.stream.write_all(piece).is_err() {
            break;
        }
        sleep(Duration::ZERO);
    }
    let frames = client.finish();
    (receiver.wait().unwrap(), server, frames)
}

fn assert_as_expected(case: &Case, pieces: &[&[u8]]) {
    let name = case.name;
    let (messages, server, frames) = run(pieces);
    assert_eq!(described(&messages, case.received), case.received, "{name}: messages");
    let closes: Vec<_> = frames.iter().filter(|frame| frame.kind == CLOSE).collect();
    let code = match closes[..] {
        [] => "none".to_owned(),
        [close] => close.code().map_or("empty".to_owned(), |code| code.to_string()),
        _ => panic!("{name}: several close frames"),
    };
    assert_eq!(code, case.code, "{name}: close code");
    let is_last = frames.last().is_none_or(|last| closes.is_empty() || last.kind == CLOSE);
    assert!(is_last, "{name}: something follows the close frame: {frames:?}");
    let known = match case.code {
        "none" => CloseCode::LOST,
        "empty" => CloseCode::NONE,
        code => CloseCode(code.parse().unwrap()),
    };
    assert_eq!(server.closed().unwrap().code, known, "{name}: what the server says of it");
    assert!(server.send("late").is_err(), "{name}: it can be written to");
}

#[test]
fn frames_as_expected() {
    assert!(cases().len() >= 80, "{} cases", cases().len());
    for case in cases() {
        check(|| assert_as_expected(&case, &[&case.bytes]));
    }
}

#[test]
fn frames_that_come_byte_by_byte() {
    for case in cases().iter().filter(|case| case.bytes.len() < 300) {
        let pieces: Vec<_> = case.bytes.chunks(1).collect();
        check(|| assert_as_expected(case, &pieces));
    }
}

#[test]
fn a_ping_is_answered_with_its_bytes() {
    check(|| {
        let (server, mut client) = raw_client(&limited());
        let receiver = eventlet::spawn(move || server.recv());
        client.send(9, b"are you there?");
        let pong = RawFrame { is_final: true, kind: PONG, payload: b"are you there?".to_vec() };
        assert_eq!(client.frame(), Some(pong));
        client.send(1, b"x");
        assert_eq!(receiver.wait().unwrap(), Some(Message::from("x")));
        drop(client);
    });
}

#[test]
fn clients_mask_each_frame_anew() {
    check(|| {
        let (client, mut server) = raw_server(&Config::new());
        let masks: Vec<_> = (0..1000_u16)
            .map(|n| {
                client.send(n.to_be_bytes()).unwrap();
                let (frame, mask) = server.frame_and_mask().unwrap();
                assert_eq!(frame.payload, n.to_be_bytes());
                u32::from_be_bytes(mask.unwrap())
            })
            .collect();
        let distinct: std::collections::HashSet<_> = masks.iter().collect();
        assert!(distinct.len() > 990, "{} masks", distinct.len());
        for bit in 0..32 {
            let n_set = masks.iter().filter(|mask| *mask >> bit & 1 == 1).count();
            assert!((300..700).contains(&n_set), "bit {bit} is set {n_set} times of 1000");
        }
    });
}

#[test]
fn a_client_refuses_masked_frames() {
    check(|| {
        let (client, mut server) = raw_server(&Config::new());
        let receiver = receive_all(&client);
        server.stream.write_all(&unmasked(TEXT, true, b"fine")).unwrap();
        server.stream.write_all(&masked(TEXT, true, b"wrong")).unwrap();
        let (close, mask) = server.frame_and_mask().unwrap();
        assert_eq!((close.kind, close.code()), (CLOSE, Some(1002)));
        assert!(mask.is_some());
        drop(server);
        assert_eq!(receiver.wait().unwrap(), [Message::from("fine")]);
    });
}

#[test]
fn what_comes_with_the_request_is_not_lost() {
    check(|| {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let mut bytes = REQUEST.as_bytes().to_vec();
        bytes.extend(masked(TEXT, true, b"early"));
        theirs.write_all(&bytes).unwrap();
        let ws = websocket::accept(ours).unwrap();
        assert_eq!(ws.recv(), Some(Message::from("early")));
        drop(theirs);
    });
}
