//! `crowd`: its numbers, its limits, and that it tells a wrong byte.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use super::examples_program::Program;

#[test]
fn every_message_of_every_client_comes_back() {
    let text = Program::example("crowd", &["300"]).output();
    assert_eq!(number(&text, "connections:"), 300, "{text}");
    assert_eq!(number(&text, "messages:"), 300 * 20, "{text}");
    assert!(number(&text, "messages/s:") > 0, "{text}");
    assert_eq!(number(&text, "OS threads:"), 1, "{text}");
    assert!(number(&text, "peak memory:") > 0, "{text}");
}

#[test]
fn takes_as_many_clients_as_the_descriptor_limit_allows() {
    let text = Program::example_with_descriptors(200, "crowd", &["300"]).output();
    assert!(text.contains("allow 68 clients instead of 300"), "{text}");
    assert_eq!(number(&text, "connections:"), 68, "{text}");
}

#[test]
fn a_wrong_byte_is_found() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut message = [0; 64];
        let length = stream.read(&mut message).unwrap();
        message[length - 2] ^= 1;
        stream.write_all(&message[..length]).unwrap();
    });
    let (status, text) = Program::example("crowd", &["1", &address]).finish();
    assert_eq!(status.code(), Some(1), "{text}");
    assert!(!text.contains("messages:"), "{text}");
    server.join().unwrap();
}

#[test]
fn a_server_that_hangs_up_is_noticed() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = thread::spawn(move || drop(listener.accept().unwrap()));
    let (status, text) = Program::example("crowd", &["1", &address]).finish();
    assert_eq!(status.code(), Some(1), "{text}");
    server.join().unwrap();
}

/// As with `crowd 10000 ADDRESS` in a release build.
#[test]
fn echoserver_holds_a_crowd_from_another_process() {
    let server = Program::example("echoserver", &["127.0.0.1:0"]);
    let address = server.address().to_string();
    let text = Program::example("crowd", &["1000", &address]).output();
    assert_eq!(number(&text, "connections:"), 1000, "{text}");
    assert_eq!(number(&text, "messages:"), 1000 * 20, "{text}");
}

/// The number behind `key`.
fn number(text: &str, key: &str) -> u64 {
    let value = text.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default();
    let digits: String = value.trim().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or_else(|_| panic!("no number at {key:?} in {text}"))
}
