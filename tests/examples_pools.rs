//! `webcrawler`, `recursive_crawler` and `feedscraper`, with servers and clients of std's, Python's
//! and curl.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use super::examples_program::{Program, client_of};

#[test]
fn webcrawler_fetches_in_order_and_some_at_once() {
    let text = Program::example("webcrawler", &[]).output();
    let got: Vec<_> = text.lines().filter(|line| line.starts_with("got 600 bytes")).collect();
    assert_eq!(got.len(), 10, "{text}");
    assert!(got.iter().zip(1..).all(|(line, page)| line.ends_with(&format!("/{page}"))), "{text}");
    // Never more than five are under way, and at some time all of them.
    let mut n_open: i32 = 0;
    let mut most = 0;
    for line in text.lines() {
        n_open += i32::from(line.starts_with("opening ")) - i32::from(line.starts_with("done "));
        most = most.max(n_open);
    }
    assert_eq!((n_open, most), (0, 5), "{text}");
}

#[test]
fn webcrawler_goes_on_when_a_page_cannot_be_had() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let there = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // Hanging up with something unread would be a reset.
        assert!(stream.read(&mut [0; 1024]).unwrap() > 0);
        stream.write_all(b"HTTP/1.0 200 OK\r\nA: b\r\n\r\nfour").unwrap();
    });
    // A port that is given to nobody who asks for any.
    let unused = "http://127.0.0.1:1/";
    let text = Program::example("webcrawler", &[unused, "ftp://host/", &there]).output();
    server.join().unwrap();
    let lines: Vec<_> = text.lines().filter(|line| line.starts_with("got ")).collect();
    let refused = format!("got nothing from {unused}: Connection refused");
    assert!(lines[0].starts_with(&refused), "{text}");
    assert!(lines[1].starts_with("got nothing from ftp://host/: "), "{text}");
    assert_eq!(lines[2], format!("got 4 bytes from {there}"), "{text}");
}

#[test]
fn recursive_crawler_sees_every_page_once() {
    let text = Program::example("recursive_crawler", &[]).output();
    let count = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
    // The page at the root, and 1 to 31 but for 26 and 27, to which only 13 links, which never comes.
    assert_eq!((count("fetching /"), count("saw /")), (30, 30), "{text}");
    assert_eq!((count("saw /25"), count("saw /26"), count("saw /27")), (1, 0, 0), "{text}");
    assert_eq!(count("/13: timed out after 1s"), 1, "{text}");
    assert!(text.ends_with("\n30 pages\n"), "{text}");
}

#[test]
fn recursive_crawler_crawls_a_server_of_pythons() {
    let folder = std::env::temp_dir().join(format!("recursive_crawler-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("inner")).unwrap();
    std::fs::write(folder.join("inner/file.txt"), "no links").unwrap();
    let path = folder.to_str().unwrap();
    let arguments = ["-u", "-m", "http.server", "--bind", "127.0.0.1", "-d", path, "0"];
    if let Some(server) = Program::tool("python3", &arguments) {
        let line = server.line();
        let port = line.split_whitespace().skip_while(|word| *word != "port").nth(1).unwrap();
        let url = format!("http://127.0.0.1:{port}/");
        let text = Program::example("recursive_crawler", &[&url]).output();
        assert!(text.ends_with("saw /\nsaw /inner/\nsaw /inner/file.txt\n3 pages\n"), "{text}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn feedscraper_answers_in_order_whoever_is_slow() {
    let feeds = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = feeds.local_addr().unwrap();
    // Both are asked before one of them answers, the second one first.
    let feed_server = thread::spawn(move || {
        let mut asked: Vec<_> = (0..2)
            .map(|_| {
                let (mut stream, _) = feeds.accept().unwrap();
                let mut request = [0; 1024];
                let length = stream.read(&mut request).unwrap();
                (request[..length].starts_with(b"GET /first "), stream)
            })
            .collect();
        asked.sort_by_key(|(is_first, _)| *is_first);
        for (is_first, mut stream) in asked {
            let title = if is_first { "First" } else { "Second" };
            write!(stream, "HTTP/1.0 200 OK\r\n\r\n<feed><title>{title}</title></feed>").unwrap();
        }
    });

    let server = Program::example("feedscraper", &["127.0.0.1:0"]);
    let body = format!("http://{address}/first\nhttp://{address}/second\nnonsense\n");
    let mut client = client_of(server.address());
    write!(client, "POST / HTTP/1.0\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    feed_server.join().unwrap();
    let (head, titles) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert_eq!(titles, "First\nSecond\n(invalid input parameter)\n");
}

#[test]
fn feedscraper_scrapes_its_own_feeds_for_curl() {
    let server = Program::example("feedscraper", &["127.0.0.1:0"]);
    let url = format!("http://{}/", server.address());
    let urls = format!("{url}news\n{url}jobs\n{url}");
    if let Some(curl) = Program::tool("curl", &["-s", "--data-binary", &urls, &url]) {
        assert_eq!(curl.output(), "The news\nThe jobs\nThe \n");
    }
}
