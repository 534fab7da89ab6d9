//! Posts a list of feeds to `feedscraper`, and prints the titles that it answers with.
//! Run: `cargo run --example feedscraper`, and then
//! `cargo run --example feedscraper_testclient [ADDRESS [URL...]]`
//! Poke: without URLs it asks for seventeen feeds that the server has itself; give it some of the web's.

use std::env;
use std::io::{self, Write};

const FEEDS: [&str; 17] = [
    "news",
    "jobs",
    "music",
    "games",
    "comics",
    "books",
    "weather",
    "science",
    "sports",
    "recipes",
    "questions",
    "answers",
    "code",
    "design",
    "travel",
    "history",
    "gossip",
];

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let server = arguments.next().unwrap_or_else(|| "127.0.0.1:9010".to_owned());
    let mut feeds: Vec<_> = arguments.collect();
    if feeds.is_empty() {
        feeds = FEEDS.iter().map(|name| format!("http://{server}/{name}")).collect();
    }
    let list = feeds.join("\n");

    let mut stream = eventlet::connect(&server)?;
    // The server closes the connection of HTTP/1.0 after its answer.
    let head =
        format!("POST / HTTP/1.0\r\nHost: {server}\r\nContent-Length: {}\r\n\r\n", list.len());
    stream.write_all((head + &list).as_bytes())?;
    let answer = io::read_to_string(stream)?;
    let (head, titles) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    if head.split(' ').nth(1) != Some("200") {
        return Err(io::Error::other(head.to_owned()));
    }
    print!("{titles}");
    Ok(())
}
