//! An echo server and thousands of its clients, every one a green thread, in a single OS thread.
//! Run: `cargo run --release --example crowd [CLIENTS [SERVER]]`; 5000 clients if not told.
//! Poke: ask for 50000, set `ulimit -n 500` first, or start `echoserver` and name its address.

use std::cell::Cell;
use std::env;
use std::error::Error;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::rc::Rc;
use std::time::{Duration, Instant};

use eventlet::green::net::TcpStream;

mod descriptor_limit;

const MESSAGES_PER_CLIENT: usize = 20;

/// What is needed besides the connections: standard streams, the poller, listeners.
const OTHER_DESCRIPTORS: usize = 64;

/// A client address has some 28,000 ports to connect to one listener from.
const CLIENTS_PER_LISTENER: usize = 20_000;

/// How far the crowd has come. It is all one OS thread, so plain cells can be shared.
#[derive(Default)]
struct Progress {
    connections: Cell<usize>,
    messages: Cell<usize>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let wanted = env::args().nth(1).map_or(Ok(5000), |argument| argument.parse::<usize>())?;
    let server = env::args().nth(2);

    let limit = descriptor_limit::raise();
    let descriptors_per_client = if server.is_some() { 1 } else { 2 };
    let n_clients = wanted.min(limit.saturating_sub(OTHER_DESCRIPTORS) / descriptors_per_client);
    if n_clients < wanted {
        println!("{limit} descriptors, the limit, allow {n_clients} clients instead of {wanted}");
    }
    let addresses = match server {
        Some(address) => address.to_socket_addrs()?.take(1).collect(),
        None => start_servers(n_clients)?,
    };

    let progress = Rc::new(Progress::default());
    let reporter = eventlet::spawn({
        let progress = progress.clone();
        move || report(&progress)
    });

    let start = Instant::now();
    let mut connecting = Vec::new();
    for id in 0..n_clients {
        let (address, progress) = (addresses[id % addresses.len()], progress.clone());
        connecting.push(eventlet::spawn(move || connect(address, &progress)));
        if id % 100 == 99 {
            // Lets the server accept these first: a listener's queue is finite.
            eventlet::sleep(Duration::ZERO);
        }
    }
    let mut streams = Vec::new();
    for thread in connecting {
        streams.push(thread.wait()??);
    }
    println!("all {n_clients} connections are open after {:.2?}", start.elapsed());

    let start = Instant::now();
    let mut talking = Vec::new();
    for (id, stream) in streams.into_iter().enumerate() {
        let progress = progress.clone();
        talking.push(eventlet::spawn(move || talk(id, stream, &progress)));
    }
    for thread in talking {
        thread.wait()??;
    }
    let seconds = start.elapsed().as_secs_f64();
    reporter.kill();

    let n_messages = progress.messages.get();
    println!("connections: {n_clients}, all open at once");
    println!("messages: {n_messages} sent, echoed and compared");
    println!("messages/s: {:.0}", n_messages as f64 / seconds);
    println!("OS threads: {}", status("Threads:")?);
    println!("peak memory: {}", status("VmHWM:")?);
    Ok(())
}

fn start_servers(n_clients: usize) -> io::Result<Vec<SocketAddr>> {
    let mut addresses = Vec::new();
    for _ in 0..n_clients.div_ceil(CLIENTS_PER_LISTENER) {
        let listener = eventlet::Listen::new("127.0.0.1:0").backlog(1000).bind()?;
        addresses.push(listener.local_addr()?);
        eventlet::spawn(move || {
            eventlet::serve_with(listener, |stream, _| echo(stream), CLIENTS_PER_LISTENER)
        });
    }
    Ok(addresses)
}

fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            length => stream.write_all(&buffer[..length])?,
        }
    }
}

fn connect(address: SocketAddr, progress: &Progress) -> io::Result<TcpStream> {
    let stream = eventlet::connect(address)?;
    progress.connections.update(|n| n + 1);
    Ok(stream)
}

fn talk(id: usize, mut stream: TcpStream, progress: &Progress) -> io::Result<()> {
    for n in 0..MESSAGES_PER_CLIENT {
        let message = format!("This is message {n} of client {id}.\n");
        stream.write_all(message.as_bytes())?;
        let mut reply = vec![0; message.len()];
        stream.read_exact(&mut reply)?;
        if reply != message.as_bytes() {
            let reply = String::from_utf8_lossy(&reply);
            return Err(io::Error::other(format!("{message:?} came back as {reply:?}")));
        }
        progress.messages.update(|n| n + 1);
    }
    Ok(())
}

fn report(progress: &Progress) {
    loop {
        eventlet::sleep(Duration::from_millis(250));
        println!("  {} connections, {} messages", progress.connections.get(), progress.messages.get());
    }
}

/// A line of what the kernel knows about this process.
fn status(key: &str) -> io::Result<String> {
    let text = fs::read_to_string("/proc/self/status")?;
    let value = text.lines().find_map(|line| line.strip_prefix(key));
    Ok(value.unwrap_or("unknown").trim().to_owned())
}
