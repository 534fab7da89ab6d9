//! TLS: handshakes, round trips and bulk data, next to a server with one OS thread per connection.
//!
//! ```text
//! cargo bench -p eventlet-http-tests --bench tls
//! ```
//!
//! Both servers run the same handler on the same library, native-tls, on one core; the load, with
//! blocking clients, is made on another. They take turns, round after round. The load may be what
//! limits them, so the server's CPU time for each unit is told as well.

use std::env;
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use eventlet::green::ssl::Acceptor;
use eventlet_http_tests::Certificates;
use native_tls::{Identity, TlsAcceptor, TlsConnector, TlsStream};

const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(3);
const MESSAGE: usize = 128;
const CHUNK: usize = 16 * 1024;

/// The two servers, by what they are called.
const SERVERS: [&str; 2] = ["eventlet", "threads"];

/// What a client does all the time, with how many others, and what of it is counted.
#[derive(Clone, Copy)]
struct Job {
    name: &'static str,
    n_clients: usize,
    unit: &'static str,
}

const JOBS: [Job; 3] = [
    Job { name: "handshakes", n_clients: 32, unit: "handshake" },
    Job { name: "round trips", n_clients: 64, unit: "round trip" },
    Job { name: "bulk", n_clients: 8, unit: "MiB" },
];

fn main() -> io::Result<()> {
    let args: Vec<_> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    match &args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["server", "eventlet", certificate, key] => serve_green(certificate, key),
        ["server", "threads", certificate, key] => serve_threads(certificate, key),
        ["load", job, address] => load(job, address.parse().unwrap()),
        _ => compare(),
    }
}

/// Serves one connection: what it begins with says what it wants.
fn handle(mut stream: impl Read + Write) -> io::Result<()> {
    let mut job = [0];
    stream.read_exact(&mut job)?;
    if job == *b"b" {
        let chunk = [7; CHUNK];
        loop {
            stream.write_all(&chunk)?;
        }
    }
    let mut message = [0; MESSAGE];
    loop {
        stream.read_exact(&mut message)?;
        stream.write_all(&message)?;
    }
}

fn serve_green(certificate: &str, key: &str) -> io::Result<()> {
    let acceptor = Acceptor::builder().certificate_files(certificate, key).build()?;
    let listener = eventlet::listen("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    eventlet::serve(listener, move |stream, _peer| {
        let _ = stream.set_nodelay(true);
        // It ends with an error whenever the client goes.
        let _ = handle(acceptor.accept(stream));
    })
}

fn serve_threads(certificate: &str, key: &str) -> io::Result<()> {
    let identity = Identity::from_pkcs8(&fs::read(certificate)?, &fs::read(key)?).unwrap();
    let acceptor = TlsAcceptor::new(identity).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("{}", listener.local_addr()?);
    for stream in listener.incoming() {
        let (stream, acceptor) = (stream?, acceptor.clone());
        thread::spawn(move || {
            let _ = stream.set_nodelay(true);
            if let Ok(stream) = acceptor.accept(stream) {
                let _ = handle(stream);
            }
        });
    }
    Ok(())
}

/// Keeps a server busy for a round, and prints how many units it has done in how many seconds.
fn load(job: &str, address: SocketAddr) -> io::Result<()> {
    let job = JOBS.into_iter().find(|known| known.name == job).unwrap();
    let connector = TlsConnector::builder().danger_accept_invalid_certs(true).build().unwrap();
    let (is_over, n_done) = (AtomicBool::new(false), AtomicU64::new(0));
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..job.n_clients {
            scope.spawn(|| client(job.name, || connect(&connector, address), &is_over, &n_done));
        }
        thread::sleep(ROUND);
        is_over.store(true, Ordering::Relaxed);
        println!("{} {}", n_done.load(Ordering::Relaxed), start.elapsed().as_secs_f64());
        io::stdout().flush().unwrap();
        // What still waits for an answer need not get it.
        std::process::exit(0)
    })
}

fn connect(connector: &TlsConnector, address: SocketAddr) -> TlsStream<TcpStream> {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    connector.connect("localhost", stream).unwrap()
}

fn client(
    job: &str,
    connect: impl Fn() -> TlsStream<TcpStream>,
    is_over: &AtomicBool,
    n_done: &AtomicU64,
) {
    let is_over = || is_over.load(Ordering::Relaxed);
    let count = |n| _ = n_done.fetch_add(n, Ordering::Relaxed);
    match job {
        "handshakes" => {
            while !is_over() {
                let mut stream = connect();
                stream.write_all(b"m").unwrap();
                ask(&mut stream);
                count(1);
            }
        }
        "round trips" => {
            let mut stream = connect();
            stream.write_all(b"m").unwrap();
            while !is_over() {
                ask(&mut stream);
                count(1);
            }
        }
        _ => {
            let mut stream = connect();
            stream.write_all(b"b").unwrap();
            let mut chunk = vec![0; 1 << 20];
            while !is_over() {
                stream.read_exact(&mut chunk).unwrap();
                assert!(chunk[0] == 7 && chunk[chunk.len() - 1] == 7);
                count(1);
            }
        }
    }
}

/// One message and its answer.
fn ask(stream: &mut TlsStream<TcpStream>) {
    let mut answer = [0; MESSAGE];
    stream.write_all(&[5; MESSAGE]).unwrap();
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(answer, [5; MESSAGE]);
}

/// A server in a process of its own.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(name: &str, certificates: &Certificates) -> io::Result<Self> {
        let issued = certificates.server();
        let mut command = pinned(0, &["server", name])?;
        command.arg(issued.pem()).arg(issued.key()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut address)?;
        Ok(Server { process, address: address.trim().to_owned() })
    }

    /// The CPU time of all its threads, also of those that have ended.
    fn cpu_time(&self) -> f64 {
        let stat =
            fs::read_to_string(Path::new("/proc").join(self.process.id().to_string()).join("stat"));
        let stat = stat.unwrap();
        let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        let ticks: u64 = fields[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum();
        ticks as f64 / 100.0
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// This program on one core.
fn pinned(core: usize, args: &[&str]) -> io::Result<Command> {
    let mut command = Command::new("taskset");
    command.arg("-c").arg(core.to_string()).arg(env::current_exe()?).args(args);
    Ok(command)
}

/// What came of a round: units a second, and the server's microseconds for each.
#[derive(Clone, Copy)]
struct Round {
    rate: f64,
    cost: f64,
}

fn run(server: &Server, job: Job) -> io::Result<Round> {
    let before = server.cpu_time();
    let output =
        pinned(1, &["load", job.name, &server.address])?.stderr(Stdio::inherit()).output()?;
    let used = server.cpu_time() - before;
    let text = String::from_utf8(output.stdout).unwrap();
    let numbers: Vec<f64> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let [n_done, seconds] = numbers[..] else { panic!("the load has failed: {text}") };
    Ok(Round { rate: n_done / seconds, cost: used / n_done * 1e6 })
}

fn compare() -> io::Result<()> {
    let certificates = Certificates::new();
    let mut table =
        format!("{:<12} {:<9} {:>12} {:>16}\n", "job", "server", "units/s", "CPU µs per unit");
    for job in JOBS {
        let servers = SERVERS.map(|name| Server::start(name, &certificates).unwrap());
        let mut rounds = [Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            for (server, rounds) in servers.iter().zip(&mut rounds) {
                rounds.push(run(server, job)?);
            }
        }
        let [green, threads] = rounds.map(|rounds| Round {
            rate: median(rounds.iter().map(|round| round.rate)),
            cost: median(rounds.iter().map(|round| round.cost)),
        });
        for (name, round) in SERVERS.iter().zip([green, threads]) {
            let (rate, cost) = (round.rate, round.cost);
            writeln!(table, "{:<12} {name:<9} {rate:>12.0} {cost:>16.1}", job.name).unwrap();
        }
        let (rate, cost) = (green.rate / threads.rate, green.cost / threads.cost);
        writeln!(
            table,
            "{:<12} ratio     {rate:>11.2}x {cost:>15.2}x (of CPU per {})",
            "", job.unit
        )
        .unwrap();
    }
    print!("{table}");
    Ok(())
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
