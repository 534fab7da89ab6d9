//! Follows the links of a web site: who fetches a page spawns into the pool that it runs in itself.
//! Run: `cargo run --example recursive_crawler [URL]`; without one it starts a site of 30 pages.
//! Poke: `python3 -m http.server --bind 127.0.0.1 8000` somewhere small, and crawl
//! `http://127.0.0.1:8000/`. It stays on that host, but do not point it at other people's.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::rc::Rc;
use std::time::Duration;

use eventlet::green::net::TcpStream;
use eventlet::{GreenPool, with_timeout};

const CONNECTIONS: usize = 8;
/// How long a page may take.
const LIMIT: Duration = Duration::from_secs(1);

fn main() -> io::Result<()> {
    let start = env::args().nth(1).map_or_else(start_site, Ok)?;
    let rest = start.strip_prefix("http://").ok_or(io::ErrorKind::InvalidInput)?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let crawler = Crawler::new(host);
    crawler.visit(format!("/{path}"));
    crawler.pool.wait_all();
    for path in &*crawler.seen.borrow() {
        println!("saw {path}");
    }
    println!("{} pages", crawler.seen.borrow().len());
    Ok(())
}

#[derive(Clone)]
struct Crawler {
    host: Rc<str>,
    /// It says how many pages are fetched at once, and when all is done.
    pool: GreenPool,
    seen: Rc<RefCell<BTreeSet<String>>>,
}

impl Crawler {
    fn new(host: &str) -> Self {
        Crawler { host: host.into(), pool: GreenPool::new(CONNECTIONS), seen: Rc::default() }
    }

    /// Has a page fetched, unless it has been.
    fn visit(&self, path: String) {
        if self.seen.borrow_mut().insert(path.clone()) {
            let crawler = self.clone();
            // If the pool is full, a member of it fetches the page itself.
            self.pool.spawn_n(move || crawler.fetch(&path));
        }
    }

    /// Fetches a page, and visits what it links to.
    fn fetch(&self, path: &str) {
        println!("fetching {path}");
        match with_timeout(LIMIT, || get(&self.host, path)) {
            Ok(Ok(page)) => links(&page).for_each(|link| self.visit(resolve(path, link))),
            Ok(Err(error)) => println!("{path}: {error}"),
            Err(late) => println!("{path}: {late}"),
        }
    }
}

fn get(host: &str, path: &str) -> io::Result<String> {
    let address = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let mut stream = eventlet::connect(address)?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut page = Vec::new();
    stream.read_to_end(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// The links of a page that stay on its host.
fn links(page: &str) -> impl Iterator<Item = &str> {
    let targets =
        page.split("href=\"").skip(1).filter_map(|rest| rest.split(['"', '#', '?']).next());
    targets.filter(|link| !link.is_empty() && !link.contains(':') && !link.starts_with("//"))
}

/// What a link on the page at `path` leads to.
fn resolve(path: &str, link: &str) -> String {
    if link.starts_with('/') {
        return link.to_owned();
    }
    let folder = path.rfind('/').map_or("/", |end| &path[..=end]);
    format!("{folder}{link}")
}

/// A site whose page N links to the pages 2N and 2N + 1, up to 31. Page 13 never comes.
fn start_site() -> io::Result<String> {
    let listener = eventlet::listen("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    eventlet::spawn(move || eventlet::serve(listener, |stream, _| answer(stream)));
    Ok(format!("http://{address}/"))
}

fn answer(stream: TcpStream) -> io::Result<()> {
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or_default();
    let page: u32 = path.trim_start_matches('/').parse().unwrap_or(0);
    eventlet::sleep(if page == 13 { Duration::MAX } else { Duration::from_millis(20) });
    let mut answer = "HTTP/1.0 200 OK\r\n\r\n".to_owned();
    for next in [2 * page, 2 * page + 1] {
        if (1..32).contains(&next) {
            answer += &format!("<a href=\"{next}\">page {next}</a>\n");
        }
    }
    (&stream).write_all(answer.as_bytes())
}
