//! Follows the URLs in pages: who fetches one puts what it finds into the queue that it takes from.
//! Run: `cargo run --example producer_consumer [URL]`; without one it starts a site of its own.
//! Poke: `python3 -m http.server --bind 127.0.0.1 8000` next to files that name each other by
//! their whole URLs, and start at one of them. It stays on that host.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use eventlet::green::net::TcpStream;
use eventlet::{GreenPool, Queue, with_timeout};

const CONSUMERS: usize = 4;
/// How long a page may take.
const LIMIT: Duration = Duration::from_secs(1);

fn main() -> io::Result<()> {
    let start = env::args().nth(1).map_or_else(start_site, Ok)?;
    let crawl = Crawl::new(&start);
    crawl.found(&start);
    let consumers = GreenPool::new(CONSUMERS);
    for _ in 0..CONSUMERS {
        let crawl = crawl.clone();
        consumers.spawn_n(move || crawl.consume());
    }
    // Every page has been fetched, and what it named as well.
    crawl.queue.join();
    crawl.queue.shutdown();
    consumers.wait_all();
    println!("I saw these URLs:");
    crawl.seen.borrow().iter().for_each(|url| println!("{url}"));
    Ok(())
}

#[derive(Clone)]
struct Crawl {
    /// What is to be fetched. Those who take from it put more into it, so it must not get full.
    queue: Queue<String>,
    /// What has been put there.
    seen: Rc<RefCell<BTreeSet<String>>>,
    /// What all URLs begin with.
    site: Rc<str>,
}

impl Crawl {
    fn new(start: &str) -> Self {
        let host = start.strip_prefix("http://").and_then(|rest| rest.split('/').next());
        let site = format!("http://{}/", host.unwrap_or_default()).into();
        Crawl { queue: Queue::new(None), seen: Rc::default(), site }
    }

    fn found(&self, url: &str) {
        if url.starts_with(&*self.site) && self.seen.borrow_mut().insert(url.to_owned()) {
            self.queue.put(url.to_owned()).expect("it is shut down when all is done");
        }
    }

    /// Fetches page by page until the queue is shut down.
    fn consume(&self) {
        // A task is done when it is dropped, so after what its page names has been put.
        while let Ok(url) = self.queue.get_task() {
            println!("fetching {}", *url);
            match with_timeout(LIMIT, || fetch(&url)) {
                Ok(Ok(page)) => urls(&page).for_each(|url| self.found(url)),
                Ok(Err(error)) => println!("{}: {error}", *url),
                Err(late) => println!("{}: {late}", *url),
            }
        }
    }
}

fn fetch(url: &str) -> io::Result<String> {
    let rest = url.strip_prefix("http://").ok_or(io::ErrorKind::InvalidInput)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let mut stream = eventlet::connect(host)?;
    stream.write_all(format!("GET /{path} HTTP/1.0\r\nHost: {host}\r\n\r\n").as_bytes())?;
    let mut page = Vec::new();
    stream.read_to_end(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// Whatever looks like a URL.
fn urls(page: &str) -> impl Iterator<Item = &str> {
    let starts = page.match_indices("http://").map(|(start, _)| &page[start..]);
    starts.filter_map(|rest| rest.split([' ', '\r', '\n', '"', '\'', '<', '>', '(', ')']).next())
}

/// A site of 20 pages: each names the next two, the first one, and a page elsewhere.
fn start_site() -> io::Result<String> {
    let listener = eventlet::listen("127.0.0.1:0")?;
    let site = format!("http://{}", listener.local_addr()?);
    let start = format!("{site}/1");
    eventlet::spawn(move || eventlet::serve(listener, move |stream, _| answer(stream, &site)));
    Ok(start)
}

fn answer(stream: TcpStream, site: &str) -> io::Result<()> {
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default();
    let page: u32 = path.trim_start_matches('/').parse().unwrap_or(0);
    if page == 19 {
        // It never comes.
        eventlet::sleep(Duration::MAX);
    }
    let mut answer = "HTTP/1.0 200 OK\r\n\r\nhttp://example.com/ ".to_owned();
    for page in [page + 1, page + 2, 1] {
        if page <= 20 {
            answer += &format!("<a href=\"{site}/{page}\">");
        }
    }
    (&stream).write_all(answer.as_bytes())
}
