//! Fetches web pages through a pool, which limits how many connections are open at once.
//! Run: `cargo run --example webcrawler [URL]...`; without any it starts a slow server with ten pages.
//! Poke: `.. --example webcrawler http://example.com/ http://example.org/ http://no-such-host/`.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::time::{Duration, Instant};

use eventlet::GreenPool;
use eventlet::green::net::TcpStream;

const CONNECTIONS: usize = 5;
const DELAY: Duration = Duration::from_millis(100);

fn main() -> io::Result<()> {
    let mut urls: Vec<String> = env::args().skip(1).collect();
    if urls.is_empty() {
        let site = start_slow_server()?;
        urls.extend((1..=10).map(|page| format!("{site}{page}")));
    }

    let (start, n_urls) = (Instant::now(), urls.len());
    let pool = GreenPool::new(CONNECTIONS);
    for (url, page) in pool.imap(fetch, urls).flatten() {
        match page {
            Ok(body) => println!("got {} bytes from {url}", body.len()),
            Err(error) => println!("got nothing from {url}: {error}"),
        }
    }
    println!("{n_urls} pages in {:.2?}, {CONNECTIONS} at a time", start.elapsed());
    Ok(())
}

/// What is printed here shows that the requests are made at the same time.
fn fetch(url: String) -> (String, io::Result<Vec<u8>>) {
    println!("opening {url}");
    let body = get(&url);
    println!("done with {url}");
    (url, body)
}

fn get(url: &str) -> io::Result<Vec<u8>> {
    let rest = url.strip_prefix("http://").ok_or(io::ErrorKind::InvalidInput)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let address = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let mut stream = eventlet::connect(address)?;
    let request = format!("GET /{path} HTTP/1.0\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = BufReader::new(stream);
    skip_head(&mut answer)?;
    let mut body = Vec::new();
    answer.read_to_end(&mut body)?;
    Ok(body)
}

/// Reads up to the empty line.
fn skip_head(stream: &mut impl BufRead) -> io::Result<()> {
    let mut line = String::new();
    while stream.read_line(&mut line)? > 0 && line != "\r\n" {
        line.clear();
    }
    Ok(())
}

fn start_slow_server() -> io::Result<String> {
    let listener = eventlet::listen("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    eventlet::spawn(move || eventlet::serve(listener, |stream, _| answer(stream)));
    Ok(format!("http://{address}/"))
}

fn answer(stream: TcpStream) -> io::Result<()> {
    skip_head(&mut BufReader::new(&stream))?;
    eventlet::sleep(DELAY);
    let answer = format!("HTTP/1.0 200 OK\r\n\r\n{}", "hello ".repeat(100));
    (&stream).write_all(answer.as_bytes())
}
