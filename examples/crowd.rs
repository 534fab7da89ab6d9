//! An echo server and thousands of its clients, every one a green thread, in a single OS thread.
//! Run: `cargo run --release -p eventlet-examples --example crowd [CLIENTS [SERVER]]`; 5000 clients if not told.
//! Poke: ask for 50000, set `ulimit -n 500` first, or start `echoserver` and name its address.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::time::{Duration, Instant};
use std::{env, error::Error, fs};

use eventlet::green::net::{SocketAddr, TcpStream, ToSocketAddrs};

mod descriptor_limit;

const MESSAGES_PER_CLIENT: usize = 20;

/// What is needed besides the connections: standard streams, the poller, listeners.
const OTHER_DESCRIPTORS: usize = 64;

/// A machine has some 28,000 ports to connect to one listener of its own from.
const CLIENTS_PER_LISTENER: usize = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let wanted = env::args().nth(1).map_or(Ok(5000), |argument| argument.parse::<usize>())?;
    let server = env::args().nth(2);
    let limit = descriptor_limit::raise();
    let per_client = if server.is_some() { 1 } else { 2 };
    let n_clients = wanted.min(limit.saturating_sub(OTHER_DESCRIPTORS) / per_client);
    if n_clients < wanted {
        println!("{limit} descriptors, the limit, allow {n_clients} clients instead of {wanted}");
    }
    let addresses: Vec<_> = match server {
        Some(address) => address.to_socket_addrs()?.take(1).collect(),
        None => start_servers(n_clients)?,
    };

    // How far the crowd has come. It is all one OS thread, so plain cells can be shared.
    let n_connections = Rc::new(Cell::new(0));
    let n_messages = Rc::new(Cell::new(0));
    let (connections, messages) = (n_connections.clone(), n_messages.clone());
    let reporter = eventlet::spawn(move || {
        loop {
            eventlet::sleep(Duration::from_millis(500));
            println!("  {} connections, {} messages", connections.get(), messages.get());
        }
    });

    let start = Instant::now();
    let mut connecting = Vec::new();
    for id in 0..n_clients {
        let (address, n_connections) = (addresses[id % addresses.len()], n_connections.clone());
        connecting.push(eventlet::spawn(move || {
            eventlet::connect(address).inspect(|_| n_connections.update(|n| n + 1))
        }));
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
        let n_messages = n_messages.clone();
        talking.push(eventlet::spawn(move || talk(id, stream, &n_messages)));
    }
    for thread in talking {
        thread.wait()??;
    }
    let rate = f64::from(n_messages.get()) / start.elapsed().as_secs_f64();
    reporter.kill();

    println!("connections: {n_clients}, all open at once");
    println!("messages: {} sent, echoed and compared", n_messages.get());
    println!("messages/s: {rate:.0}");
    // What Linux tells of this process.
    for line in fs::read_to_string("/proc/self/status").unwrap_or_default().lines() {
        match line.split_once(":\t") {
            Some(("Threads", n_threads)) => println!("OS threads: {n_threads}"),
            Some(("VmHWM", memory)) => println!("peak memory: {}", memory.trim()),
            _ => {}
        }
    }
    Ok(())
}

fn start_servers(n_clients: usize) -> io::Result<Vec<SocketAddr>> {
    let mut addresses = Vec::new();
    for _ in 0..n_clients.div_ceil(CLIENTS_PER_LISTENER) {
        let listener = eventlet::Listen::new("127.0.0.1:0").backlog(1000).bind()?;
        addresses.push(listener.local_addr()?);
        let handler = |stream, _| echo(stream);
        eventlet::spawn(move || eventlet::serve_with(listener, handler, CLIENTS_PER_LISTENER));
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

fn talk(id: usize, mut stream: TcpStream, n_messages: &Cell<u32>) -> io::Result<()> {
    for n in 0..MESSAGES_PER_CLIENT {
        let message = format!("This is message {n} of client {id}.\n");
        stream.write_all(message.as_bytes())?;
        let mut reply = vec![0; message.len()];
        stream.read_exact(&mut reply)?;
        if reply != message.as_bytes() {
            let reply = String::from_utf8_lossy(&reply);
            return Err(io::Error::other(format!("{message:?} came back as {reply:?}")));
        }
        n_messages.update(|n| n + 1);
    }
    Ok(())
}
