//! A web server that is posted the URLs of feeds, and answers with their titles, in that order.
//! Run: `cargo run --example feedscraper [ADDRESS]`; 127.0.0.1:9010 if not told.
//! Poke: it has feeds of its own, one for each path, so
//! `printf 'http://127.0.0.1:9010/news\nhttp://127.0.0.1:9010/jobs\n' | curl --data-binary @- 127.0.0.1:9010`

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};

use eventlet::green::net::TcpStream;
use eventlet::{GreenPile, GreenPool};

fn main() -> io::Result<()> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9010".to_owned());
    let listener = eventlet::listen(address)?;
    println!("listening on {}", listener.local_addr()?);
    // All requests share the pool: so many feeds are fetched at once, however many ask for them.
    let pool = GreenPool::new(100);
    eventlet::serve(listener, move |stream, _| answer(stream, &pool))
}

fn answer(mut stream: TcpStream, pool: &GreenPool) -> io::Result<()> {
    let request = Request::read(&mut BufReader::new(&stream))?;
    let (status, body) = match request.method.as_str() {
        "POST" => ("200 OK", titles(&request.body, pool)),
        "GET" => ("200 OK", format!("<rss><title>The {}</title></rss>\n", request.path)),
        _ => ("403 Forbidden", String::new()),
    };
    let length = body.len();
    let answer = format!("HTTP/1.0 {status}\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(answer.as_bytes())
}

/// Fetches all feeds at once, as far as the pool allows, and puts together what comes of it.
fn titles(urls: &str, pool: &GreenPool) -> String {
    let pile = GreenPile::from_pool(pool);
    for url in urls.split_whitespace() {
        let url = url.to_owned();
        pile.spawn(move || fetch_title(&url));
    }
    // The pile is an iterator over the results.
    let lines = pile.map(|title| match title {
        Ok(Ok(title)) => format!("{title}\n"),
        Ok(Err(error)) => format!("({error})\n"),
        Err(exit) => format!("({exit})\n"),
    });
    lines.collect()
}

fn fetch_title(url: &str) -> io::Result<String> {
    let rest = url.strip_prefix("http://").ok_or(io::ErrorKind::InvalidInput)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let address = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let mut stream = eventlet::connect(address)?;
    let request = format!("GET /{path} HTTP/1.0\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut feed = Vec::new();
    stream.read_to_end(&mut feed)?;
    let feed = String::from_utf8_lossy(&feed);
    let title = feed.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
    Ok(title.map_or("(no title)", |(title, _)| title).to_owned())
}

struct Request {
    method: String,
    /// Without the slash at its beginning.
    path: String,
    body: String,
}

impl Request {
    fn read(input: &mut impl BufRead) -> io::Result<Self> {
        let mut line = String::new();
        input.read_line(&mut line)?;
        let mut words = line.split(' ');
        let method = words.next().unwrap_or_default().to_owned();
        let path = words.next().unwrap_or_default().trim_start_matches('/').to_owned();

        let mut length = 0;
        loop {
            let mut header = String::new();
            if input.read_line(&mut header)? == 0 || header == "\r\n" {
                break;
            }
            if let Some(("content-length", value)) = header.to_lowercase().split_once(':') {
                length = value.trim().parse().map_err(io::Error::other)?;
            }
        }
        let mut body = String::new();
        input.take(length).read_to_string(&mut body)?;
        Ok(Request { method, path, body })
    }
}
