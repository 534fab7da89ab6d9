//! Finds out which ports are open and what greets there, with thousands of green threads at once.
//! Run: `cargo run --example port_scanner [HOST [FIRST LAST]]`; without a host it opens 200 ports.
//! Poke: scan a host whose firewall never answers, so that every port takes a second.

use std::cell::RefCell;
use std::env;
use std::error::Error;
use std::io::{self, Read};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::time::{Duration, Instant};

use eventlet::green::net::TcpStream;

mod descriptor_limit;

const MAX_SCANNERS: usize = 5000;

/// Descriptors for everything but the scanners: standard streams, the poller, the 200 ports.
const OTHER_DESCRIPTORS: usize = 300;

const CONNECT_LIMIT: Duration = Duration::from_secs(1);
const GREETING_LIMIT: Duration = Duration::from_millis(300);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let host: IpAddr = arguments.first().map_or("127.0.0.1", String::as_str).parse()?;
    let first: u16 = arguments.get(1).map_or("1", String::as_str).parse()?;
    let last: u16 = arguments.get(2).map_or("65535", String::as_str).parse()?;
    let _silent_ports = if arguments.is_empty() { open_ports(200)? } else { Vec::new() };

    let n_ports = (first..=last).len();
    let allowed = descriptor_limit::raise().saturating_sub(OTHER_DESCRIPTORS);
    let n_scanners = n_ports.min(allowed.clamp(1, MAX_SCANNERS));

    let start = Instant::now();
    let ports = Rc::new(RefCell::new(first..=last));
    let mut scanners = Vec::new();
    for _ in 0..n_scanners {
        let ports = ports.clone();
        scanners.push(eventlet::spawn(move || scan(host, &ports)));
    }
    let mut found = Vec::new();
    for scanner in scanners {
        found.extend(scanner.wait()?);
    }

    found.sort_by_key(|open| open.port);
    for Open { port, greeting, .. } in &found {
        println!("{port} is open: {greeting}");
    }
    let (n_open, took) = (found.len(), start.elapsed());
    let waits: Duration = found.iter().map(|open| open.took).sum();
    println!("{n_ports} ports, {n_open} open: {took:.2?} with {n_scanners} green threads");
    println!("one after the other, the open ones alone would have taken {waits:.2?}");
    Ok(())
}

/// Ports of this process that say nothing to who connects.
fn open_ports(n: usize) -> io::Result<Vec<TcpListener>> {
    (0..n).map(|_| TcpListener::bind("127.0.0.1:0")).collect()
}

struct Open {
    port: u16,
    greeting: String,
    took: Duration,
}

/// Takes one port after the other from those that are left, which all scanners share: with a
/// single OS thread a `RefCell` will do.
fn scan(host: IpAddr, ports: &RefCell<RangeInclusive<u16>>) -> Vec<Open> {
    let mut found = Vec::new();
    loop {
        let Some(port) = ports.borrow_mut().next() else {
            return found;
        };
        let start = Instant::now();
        let address = SocketAddr::new(host, port);
        if let Ok(stream) = TcpStream::connect_timeout(&address, CONNECT_LIMIT) {
            // A connection from a free port of this machine may happen to meet itself.
            if stream.local_addr().is_ok_and(|from| from == address) {
                continue;
            }
            let greeting = match eventlet::with_timeout(GREETING_LIMIT, || greeting_of(stream)) {
                Ok(Ok(text)) => text,
                Ok(Err(error)) => error.to_string(),
                Err(_) => "says nothing".to_owned(),
            };
            found.push(Open { port, greeting, took: start.elapsed() });
        }
    }
}

fn greeting_of(mut stream: TcpStream) -> io::Result<String> {
    let mut buffer = [0; 128];
    let length = stream.read(&mut buffer)?;
    let text = String::from_utf8_lossy(&buffer[..length]);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
