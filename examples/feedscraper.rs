//! A web server that is posted the URLs of feeds, and answers with their titles, in that order.
//! Run: `cargo run --example feedscraper [ADDRESS]`; 127.0.0.1:9010 if not told.
//! Poke: it has feeds of its own, one for each path, so `cargo run --example feedscraper_testclient`, or
//! `printf 'http://127.0.0.1:9010/news\nhttp://127.0.0.1:9010/jobs\n' | curl --data-binary @- 127.0.0.1:9010`

use std::env;
use std::io::{self, Read, Write};

use eventlet::http::{Method, Request, Response, Server};
use eventlet::{GreenPile, GreenPool};

fn main() -> io::Result<()> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:9010".to_owned());
    let listener = eventlet::listen(address)?;
    println!("listening on {}", listener.local_addr()?);
    // All requests share the pool: so many feeds are fetched at once, however many ask for them.
    let pool = GreenPool::new(100);
    Server::new(move |request: &mut Request| answer(request, &pool)).serve(listener)
}

fn answer(request: &mut Request, pool: &GreenPool) -> io::Result<Response> {
    Ok(match *request.method() {
        Method::POST => {
            let mut urls = String::new();
            request.read_to_string(&mut urls)?;
            Response::text(titles(&urls, pool))
        }
        Method::GET => {
            let name = request.raw_path().trim_start_matches('/');
            Response::text(format!("<rss><title>The {name}</title></rss>\n"))
        }
        _ => Response::new(403),
    })
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
