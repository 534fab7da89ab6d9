//! Asks several web servers at once, with a green thread for each, and prints how they answer.
//! Run: `cargo run --example connect [HOST:PORT]...`; without any it starts three slow servers.
//! Poke: `.. --example connect example.com:80 example.org:80 no-such-host:80`.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::time::{Duration, Instant};

use eventlet::green::net::TcpStream;

const LIMIT: Duration = Duration::from_secs(10);

fn main() -> io::Result<()> {
    let mut hosts: Vec<String> = env::args().skip(1).collect();
    if hosts.is_empty() {
        for delay in [400, 300, 200] {
            hosts.push(start_slow_server(Duration::from_millis(delay))?);
        }
    }

    let start = Instant::now();
    let mut threads = Vec::new();
    for host in hosts {
        let asking = host.clone();
        let thread = eventlet::spawn(move || eventlet::with_timeout(LIMIT, || fetch(&asking))?);
        threads.push((host, thread));
    }
    for (host, thread) in threads {
        match thread.wait() {
            Ok(Ok(answer)) => println!("{host}: {}", answer.lines().next().unwrap_or_default()),
            Ok(Err(error)) => println!("{host}: {error}"),
            Err(exit) => println!("{host}: {exit}"),
        }
    }
    println!("all of them in {:.1?}", start.elapsed());
    Ok(())
}

fn fetch(host: &str) -> io::Result<String> {
    let mut stream = eventlet::connect(host)?;
    let request = format!("GET / HTTP/1.0\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn start_slow_server(delay: Duration) -> io::Result<String> {
    let listener = eventlet::listen("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    eventlet::spawn(move || eventlet::serve(listener, move |stream, _| answer(stream, delay)));
    Ok(address.to_string())
}

fn answer(stream: TcpStream, delay: Duration) -> io::Result<()> {
    let mut request = BufReader::new(&stream);
    let mut line = String::new();
    while request.read_line(&mut line)? > 0 && line != "\r\n" {
        line.clear();
    }
    eventlet::sleep(delay);
    write!(&stream, "HTTP/1.0 200 OK after {delay:?}\r\n\r\n")
}
