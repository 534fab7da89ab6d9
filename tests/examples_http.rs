//! `static_files`, `https`, `graceful`, and `feedscraper` with its client.

use std::fs::File;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use eventlet_tests::scratch::Scratch;

use super::examples_program::{Program, client_of};

/// Sends a request as HTTP/1.0, and returns the head of the answer and its body.
fn ask(server: SocketAddr, request: &str, headers: &str) -> (String, String) {
    let mut client = client_of(server);
    write!(client, "{request} HTTP/1.0\r\n{headers}\r\n").unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
    (format!("{head}\r\n"), body.to_owned())
}

fn header(head: &str, name: &str) -> Option<String> {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(other, _)| *other == name).map(|(_, value)| value.to_owned())
}

/// A folder with a page, a text and a secret beside it, and the server of that folder.
fn files() -> (Scratch, Program, SocketAddr) {
    let scratch = Scratch::new();
    let folder = scratch.subdir("public");
    scratch.file("secret.txt", "secret");
    scratch.file("public/index.html", "<h1>Hello</h1>");
    scratch.file("public/a b.txt", "0123456789");
    scratch.file("public/empty", "");
    scratch.subdir("public/nothing");
    std::os::unix::fs::symlink("../secret.txt", folder.join("link.txt")).unwrap();
    let server = Program::example("static_files", &["127.0.0.1:0", folder.to_str().unwrap()]);
    let address = server.address();
    (scratch, server, address)
}

#[test]
fn static_files_are_sent_with_their_types() {
    let (_scratch, _server, address) = files();
    for (path, kind, body) in [
        ("/", "text/html; charset=utf-8", "<h1>Hello</h1>"),
        ("/index.html?x", "text/html; charset=utf-8", "<h1>Hello</h1>"),
        ("/a%20b.txt", "text/plain; charset=utf-8", "0123456789"),
        ("/empty", "application/octet-stream", ""),
    ] {
        let (head, sent) = ask(address, &format!("GET {path}"), "");
        assert!(head.starts_with("HTTP/1.1 200 "), "{path}: {head}");
        assert_eq!((header(&head, "Content-Type").as_deref(), &*sent), (Some(kind), body));
        let (only_head, nothing) = ask(address, &format!("HEAD {path}"), "");
        let length = body.len().to_string();
        assert_eq!(header(&only_head, "Content-Length"), Some(length));
        assert_eq!(nothing, "");
    }
}

#[test]
fn static_files_outside_the_folder_are_not_there() {
    let (_scratch, _server, address) = files();
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/nothing/../../secret.txt",
        "/link.txt",
        "//etc/passwd",
        "/index.html/",
        "/nothing",
        "/a%00b",
        "/missing",
    ] {
        let (head, body) = ask(address, &format!("GET {path}"), "");
        assert!(head.starts_with("HTTP/1.1 404 "), "{path}: {head}{body}");
    }
    assert!(ask(address, "DELETE /index.html", "").0.starts_with("HTTP/1.1 405 "));
}

#[test]
fn static_files_are_sent_in_parts_and_only_if_they_have_changed() {
    let (_scratch, _server, address) = files();
    let part = |range: &str| {
        let (head, body) = ask(address, "GET /a%20b.txt", &format!("Range: {range}\r\n"));
        let status = head.split(' ').nth(1).unwrap().to_owned();
        (status, header(&head, "Content-Range").unwrap_or_default(), body)
    };
    let told = |status: &str, range: &str, body: &str| {
        (status.to_owned(), range.to_owned(), body.to_owned())
    };
    assert_eq!(part("bytes=2-4"), told("206", "bytes 2-4/10", "234"));
    assert_eq!(part("bytes=7-"), told("206", "bytes 7-9/10", "789"));
    assert_eq!(part("bytes=-3"), told("206", "bytes 7-9/10", "789"));
    assert_eq!(part("bytes=0-99"), told("206", "bytes 0-9/10", "0123456789"));
    assert_eq!(part("bytes=10-"), told("416", "bytes */10", ""));
    assert_eq!(part("lines=1-2"), told("200", "", "0123456789"));

    let changed = header(&ask(address, "GET /", "").0, "Last-Modified").unwrap();
    let (head, body) = ask(address, "GET /", &format!("If-Modified-Since: {changed}\r\n"));
    assert!(head.starts_with("HTTP/1.1 304 ") && body.is_empty(), "{head}{body}");
    let long_ago = "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
    assert!(ask(address, "GET /", long_ago).0.starts_with("HTTP/1.1 200 "));
}

#[test]
fn static_files_of_any_date_are_sent() {
    let (scratch, _server, address) = files();
    let epoch = SystemTime::UNIX_EPOCH;
    let set = |time| {
        let file = File::options().append(true).open(scratch.path("public/a b.txt")).unwrap();
        file.set_modified(time).unwrap();
    };
    let ask = |headers: &str| ask(address, "GET /a%20b.txt", headers);
    for before in [1, 10_000_000_000].map(Duration::from_secs) {
        set(epoch - before);
        let (head, body) = ask("");
        let told = header(&head, "Last-Modified").unwrap();
        assert_eq!((&*told, &*body), ("Thu, 01 Jan 1970 00:00:00 GMT", "0123456789"));
        let (head, _) = ask(&format!("If-Modified-Since: {told}\r\n"));
        assert!(head.starts_with("HTTP/1.1 304 "), "{head}");
    }
    set(epoch + Duration::from_secs(1 << 33));
    let (head, body) = ask("");
    let told = header(&head, "Last-Modified").unwrap();
    assert!(!told.contains(" 2242 ") && body == "0123456789", "{told}: {body}");
}

#[test]
fn feedscraper_testclient_prints_the_titles() {
    let server = Program::example("feedscraper", &["127.0.0.1:0"]);
    let address = server.address().to_string();
    let titles = Program::example("feedscraper_testclient", &[&address]).output();
    assert_eq!(titles.lines().count(), 17, "{titles}");
    assert!(titles.starts_with("The news\nThe jobs\n"), "{titles}");
    let feed = format!("http://{address}/some");
    let titles = Program::example("feedscraper_testclient", &[&address, &feed, "nonsense"]);
    assert_eq!(titles.output(), "The some\n(invalid input parameter)\n");
}

#[test]
fn https_serves_curl() {
    let scratch = Scratch::new();
    let path = |name| scratch.path(name).to_str().unwrap().to_owned();
    let (certificate, key) = (path("certificate.pem"), path("key.pem"));
    let subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
    let made =
        ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", &key, "-out", &certificate];
    let Some(openssl) = Program::tool("openssl", &[&made[..], &subject].concat()) else { return };
    openssl.output();
    let server = Program::example("https", &["127.0.0.1:0", &certificate, &key]);
    let url = format!("https://localhost:{}/", server.address().port());
    if let Some(curl) = Program::tool("curl", &["-sS", "--cacert", &certificate, &url]) {
        let page = curl.output();
        assert!(page.starts_with("Hello, 127.0.0.1:"), "{page}");
    }
    if let Some(curl) = Program::tool("curl", &["-s", &url]) {
        assert!(!curl.finish().0.success(), "the certificate is nobody's that curl knows");
    }
}

#[test]
fn graceful_answers_what_has_come_before_it_ends() {
    let server = Program::example("graceful", &["127.0.0.1:0"]);
    let address = server.address();
    let mut clients: Vec<_> = (0..20).map(|_| client_of(address)).collect();
    for client in &mut clients {
        client.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    }
    server.terminate();
    assert!(server.line().ends_with(" connections"));
    for client in &mut clients {
        let mut answer = String::new();
        client.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with("\r\n\r\nThis took a second.\n"), "{answer}");
    }
    assert_eq!(server.output(), "all are answered\n");
}
