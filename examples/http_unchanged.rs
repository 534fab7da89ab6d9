//! A server that knows only std and gives each connection a thread: on OS threads and, unchanged, on
//! green threads in one OS thread. Its connections come from another process.
//! Run: `cargo run --release --example http_unchanged [CONNECTIONS [SECONDS]]`; 5000 and 5 if not told.
//! Poke: put a `thread::sleep` into `hello`, and compare again.

use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};
use std::{env, error::Error, fs};

use eventlet::green::net::TcpStream;
use eventlet::hubs::{Direction, trampoline};

mod descriptor_limit;

#[path = "../tests/real/http_server.rs"]
#[allow(dead_code, reason = "a server that can do more than this one is asked for")]
mod on_os_threads;

eventlet::import_patched! {
    #[path = "../tests/real/http_server.rs"]
    #[allow(dead_code, reason = "a server that can do more than this one is asked for")]
    mod on_green_threads;
}

/// Serves until the standard input ends. Both modules have the same names, and types of their own.
macro_rules! serve {
    ($server:ident) => {{
        use $server::{Config, Response, Server};
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let hello = |_: &_| Response::text("Hello, World!");
        let server = Server::start(listener.into(), Config::default(), hello, |_| ())?;
        println!("{}", server.address());
        trampoline(&io::stdin(), Direction::Read, None)?;
        server.stop(Duration::from_secs(1));
        Ok(())
    }};
}

fn main() -> Result<(), Box<dyn Error>> {
    let limit = descriptor_limit::raise();
    let mut arguments = env::args().skip(1);
    let n_connections = match arguments.next().as_deref() {
        Some("on_os_threads") => return serve!(on_os_threads),
        Some("on_green_threads") => return serve!(on_green_threads),
        Some(number) => number.parse()?,
        None => 5_000,
    };
    let seconds = arguments.next().map_or(Ok(5), |number| number.parse())?;
    // The server keeps two descriptors for a connection.
    let n_connections = usize::min(n_connections, (limit - 64) / 2);
    for server in ["on_os_threads", "on_green_threads"] {
        measure(server, n_connections, Duration::from_secs(seconds))?;
    }
    Ok(())
}

/// Starts a server and loads it, and says what it did and what it took.
fn measure(name: &str, n_connections: usize, time: Duration) -> Result<(), Box<dyn Error>> {
    let stacks_before = field("/proc/meminfo", "KernelStack");
    let program = env::current_exe()?;
    let mut server =
        Command::new(program).arg(name).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut address = String::new();
    BufReader::new(server.stdout.take().expect("piped")).read_line(&mut address)?;
    let address: SocketAddr = address.trim().parse()?;

    let mut streams = Vec::new();
    for _ in 0..n_connections {
        let mut stream = eventlet::connect(address)?;
        // When it is answered, its thread is there.
        ask(&mut stream)?;
        streams.push(stream);
    }
    let cpu_before = cpu_time(&server);
    let n_answers = Rc::new(Cell::new(0));
    let start = Instant::now();
    let client = |mut stream| {
        let n_answers = n_answers.clone();
        eventlet::spawn(move || -> io::Result<TcpStream> {
            while start.elapsed() < time {
                ask(&mut stream)?;
                n_answers.update(|n| n + 1);
            }
            Ok(stream)
        })
    };
    let clients: Vec<_> = streams.into_iter().map(client).collect();
    // All connections stay open until all have come to the end.
    let streams =
        clients.into_iter().map(|client| client.wait()?).collect::<io::Result<Vec<_>>>()?;
    let (took, cpu) = (start.elapsed(), cpu_time(&server) - cpu_before);

    println!("{name}: {n_connections} connections");
    println!("  requests/s: {:.0}", f64::from(n_answers.get()) / took.as_secs_f64());
    println!("  server CPU per request: {:.1?}", cpu / n_answers.get().max(1));
    let status = format!("/proc/{}/status", server.id());
    println!("  OS threads: {}", field(&status, "Threads"));
    println!("  memory: {} KiB", field(&status, "VmRSS"));
    println!("  page tables: {} KiB", field(&status, "VmPTE"));
    // Of all processes: nothing tells how much one has.
    let stacks = field("/proc/meminfo", "KernelStack").saturating_sub(stacks_before);
    println!("  stacks in the kernel: {stacks} KiB");
    drop((streams, server.stdin.take()));
    server.wait()?;
    Ok(())
}

fn ask(stream: &mut TcpStream) -> io::Result<()> {
    stream.write_all(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")?;
    let (mut buffer, mut len) = ([0; 256], 0);
    while !buffer[..len].ends_with(b"\r\n\r\nHello, World!") {
        len += match stream.read(&mut buffer[len..])? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => n,
        };
    }
    Ok(())
}

/// A number that Linux tells; 0 elsewhere.
fn field(file: &str, name: &str) -> u64 {
    let text = fs::read_to_string(file).unwrap_or_default();
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    value.and_then(|value| value.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// How much a process has computed, in user mode and in the kernel.
fn cpu_time(process: &Child) -> Duration {
    let text = fs::read_to_string(format!("/proc/{}/stat", process.id())).unwrap_or_default();
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    let hundredths: u64 = fields.filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(hundredths * 10)
}
