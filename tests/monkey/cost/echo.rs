//! A blocking echo loop between two OS threads, told over the standard streams how often to go round.

use std::fs;
use std::io::{self, BufRead, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Instant;

/// Goes round as often as each line of the standard input says; answers with the nanoseconds it took,
/// and those of CPU.
pub fn obey() -> io::Result<()> {
    let mut client = connect()?;
    for line in io::stdin().lock().lines() {
        let n_rounds = line?.parse().map_err(io::Error::other)?;
        let (start, cpu) = (Instant::now(), cpu_nanos()?);
        go_round(&mut client, n_rounds)?;
        println!("{} {}", start.elapsed().as_nanos(), cpu_nanos()? - cpu);
    }
    Ok(())
}

fn connect() -> io::Result<TcpStream> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let client = TcpStream::connect(listener.local_addr()?)?;
    let (server, _) = listener.accept()?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    thread::spawn(move || echo(server));
    Ok(client)
}

fn echo(mut server: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 64];
    loop {
        let n_read = server.read(&mut buffer)?;
        server.write_all(&buffer[..n_read])?;
    }
}

fn go_round(client: &mut TcpStream, n_rounds: u32) -> io::Result<()> {
    let mut buffer = [7; 64];
    for _ in 0..n_rounds {
        client.write_all(&buffer)?;
        client.read_exact(&mut buffer)?;
    }
    Ok(())
}

/// What all threads of this process have run.
fn cpu_nanos() -> io::Result<u64> {
    let mut sum = 0;
    for task in fs::read_dir("/proc/self/task")? {
        let times = fs::read_to_string(task?.path().join("schedstat"))?;
        let ran = times.split(' ').next().unwrap_or_default();
        sum += ran.parse::<u64>().map_err(io::Error::other)?;
    }
    Ok(sum)
}
