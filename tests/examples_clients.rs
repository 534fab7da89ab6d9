//! `connect`, `port_scanner` and `import_patched`, with servers of std's and Python's.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use super::examples_program::{Program, client_of};

#[test]
fn connect_asks_its_servers_at_once() {
    let time = |_| {
        let text = Program::example("connect", &[]).output();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 4, "{text}");
        for (line, delay) in lines.iter().zip(["400ms", "300ms", "200ms"]) {
            assert!(line.ends_with(&format!(": HTTP/1.0 200 OK after {delay}")), "{text}");
        }
        last_duration(lines[3])
    };
    // One after the other they would take 900 ms, and a busy machine may hold them up once.
    assert!((0..5).map(time).any(|time| time < Duration::from_millis(800)));
}

#[test]
fn connect_goes_on_when_a_server_is_not_there() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let there = listener.local_addr().unwrap().to_string();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // Hanging up with something unread would be a reset.
        assert!(stream.read(&mut [0; 1024]).unwrap() > 0);
        stream.write_all(b"HTTP/1.0 404 Not Found\r\n\r\n").unwrap();
    });
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let text = Program::example("connect", &[&unused, &there]).output();
    server.join().unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].starts_with(&format!("{unused}: Connection refused")), "{text}");
    assert_eq!(lines[1], format!("{there}: HTTP/1.0 404 Not Found"), "{text}");
}

#[test]
fn connect_asks_a_server_of_pythons() {
    let arguments = ["-u", "-m", "http.server", "--bind", "127.0.0.1", "0"];
    if let Some(server) = Program::tool("python3", &arguments) {
        let line = server.line();
        let port = line.split_whitespace().skip_while(|word| *word != "port").nth(1).unwrap();
        let host = format!("127.0.0.1:{port}");
        let text = Program::example("connect", &[&host, &host]).output();
        let n_answers = text.lines().filter(|line| line.contains("HTTP/1.0 200 OK")).count();
        assert_eq!(n_answers, 2, "{text}");
    }
}

#[test]
fn port_scanner_finds_what_is_open_and_what_it_says() {
    let greeting = TcpListener::bind("127.0.0.1:0").unwrap();
    let greeting_port = greeting.local_addr().unwrap().port();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent_port = silent.local_addr().unwrap().port();
    let server = thread::spawn(move || {
        let (mut stream, _) = greeting.accept().unwrap();
        stream.write_all(b"220 welcome\r\n").unwrap();
    });

    let first = greeting_port.min(silent_port).to_string();
    let last = greeting_port.max(silent_port).to_string();
    let text = Program::example("port_scanner", &["127.0.0.1", &first, &last]).output();
    server.join().unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines.contains(&format!("{greeting_port} is open: 220 welcome").as_str()), "{text}");
    assert!(lines.contains(&format!("{silent_port} is open: says nothing").as_str()), "{text}");

    let closed = client_of(silent.local_addr().unwrap()).local_addr().unwrap().port().to_string();
    drop(silent);
    let text = Program::example("port_scanner", &["127.0.0.1", &closed, &closed]).output();
    assert!(text.starts_with("1 ports, 0 open: "), "{text}");
}

#[test]
fn import_patched_makes_the_same_code_wait_together() {
    let text = Program::example("import_patched", &[]).output();
    let time_of = |name: &str| {
        let line = text.lines().find(|line| line.trim_start().starts_with(name));
        last_duration(line.unwrap_or_else(|| panic!("no {name} in {text}")))
    };
    let blocking = time_of("blocking_client:");
    // 50 requests of 50 ms each, one after the other.
    assert!(blocking >= Duration::from_millis(2500), "{text}");
    assert!(time_of("patched_client:") < blocking / 2, "{text}");
}

/// The duration at the end of a line, in seconds or milliseconds.
fn last_duration(line: &str) -> Duration {
    let word = line.split_whitespace().last().unwrap_or_default();
    let (number, scale) = match word.strip_suffix("ms") {
        Some(number) => (number, 1e-3),
        None => (word.trim_end_matches('s'), 1.0),
    };
    let number: f64 = number.parse().unwrap_or_else(|_| panic!("no duration ends {line:?}"));
    Duration::from_secs_f64(number * scale)
}
