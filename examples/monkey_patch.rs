//! Crates that know nothing of green threads, on one OS thread: a hundred slow HTTP requests by `ureq`
//! and a hundred slow queries by `postgres`, all at once. The HTTP server is another process.
//! Run: `cargo run --release -p eventlet-examples --features monkey-patch --example monkey_patch [DATABASE]`
//! with for instance "host=localhost user=postgres"; PostgreSQL on this machine if not told.
//! Poke: leave out `monkey_patch()`, and they go one after the other.

use std::env;
use std::error::Error;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use postgres::NoTls;

const N_AT_ONCE: usize = 100;

/// How long the server takes for an answer, and the database for a query.
const SLOW: Duration = Duration::from_millis(500);

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let database = match env::args().nth(1) {
        Some(argument) if argument == "serve" => return serve(),
        Some(database) => database,
        None => "host=127.0.0.1 user=postgres connect_timeout=2".to_owned(),
    };

    eventlet::monkey_patch();

    let server = SlowServer::start()?;
    all_at_once("HTTP requests", || request(&server.url))?;
    match postgres::Client::connect(&database, NoTls) {
        Ok(_) => all_at_once("queries", || query(&database))?,
        Err(error) => println!("queries left out, since no database can be reached: {error}"),
    }
    Ok(())
}

/// Does the same so many times at once, and says how long that took.
fn all_at_once(what: &str, once: impl Fn() -> Outcome<()> + Copy) -> Outcome<()> {
    let start = Instant::now();
    let mut n_os_threads = 0;
    eventlet::scope(|scope| -> Outcome<()> {
        let all: Vec<_> = (0..N_AT_ONCE).map(|_| scope.spawn(once)).collect();
        thread::sleep(SLOW / 2);
        n_os_threads = os_threads();
        all.into_iter().try_for_each(|one| one.wait()?)
    })?;
    println!(
        "{N_AT_ONCE} {what} of {SLOW:?} each took {:.2?} on {n_os_threads} OS thread(s)",
        start.elapsed()
    );
    Ok(())
}

fn request(url: &str) -> Outcome<()> {
    let body = ureq::get(url).call()?.body_mut().read_to_string()?;
    assert_eq!(body, "slow but sure");
    Ok(())
}

fn query(database: &str) -> Outcome<()> {
    let mut client = postgres::Client::connect(database, NoTls)?;
    let nap = SLOW.as_secs_f64();
    let row = client.query_one("SELECT 6 * 7, pg_sleep($1)::text", &[&nap])?;
    assert_eq!(row.get::<_, i32>(0), 42);
    Ok(())
}

fn os_threads() -> usize {
    fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

/// This program, as a server with a thread for each connection.
struct SlowServer {
    url: String,
    process: Child,
}

impl SlowServer {
    fn start() -> Outcome<Self> {
        let mut process = Command::new(env::current_exe()?)
            .arg("serve")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut address = String::new();
        BufReader::new(process.stdout.take().expect("piped")).read_line(&mut address)?;
        Ok(SlowServer { url: format!("http://{}/", address.trim()), process })
    }
}

impl Drop for SlowServer {
    fn drop(&mut self) {
        // It ends with its standard input.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn serve() -> Outcome<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(stream));
        }
    });
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

fn answer(mut stream: TcpStream) -> io::Result<()> {
    let mut request = [0; 4096];
    let _ = stream.read(&mut request)?;
    thread::sleep(SLOW);
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\nslow but sure")
}
