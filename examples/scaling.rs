//! What more hubs are worth: an echo server with one hub, then with two, under the same light load.
//! Run: `cargo run --release --example scaling [HUBS [SECONDS]]`; up to 2 hubs, 3 seconds each, if
//! not told. Linux only, since it reads `/proc`.
//! Poke: give it as many hubs as there are cores, and watch the load take its share of them.

use std::error::Error;
use std::io::{self, Read, Write};
use std::net::TcpStream as NativeStream;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use eventlet::green::net::TcpStream;
use eventlet::{Listen, Serve, sleep};

/// What the server reads and sends back at a time: one system call each.
const ECHO: usize = 1024;

/// What the load sends and reads at a time, which makes it light.
const BLOCK: usize = 64 * ECHO;

const CONNECTIONS: usize = 16;

/// How often the server has sent something back, on all hubs.
static N_ECHOES: AtomicU64 = AtomicU64::new(0);

fn main() -> Result<(), Box<dyn Error>> {
    if env::args().nth(1).as_deref() == Some("load") {
        return Ok(load(&env::args().nth(2).ok_or("load needs an address")?)?);
    }
    let most = env::args().nth(1).map_or(Ok(2), |argument| argument.parse::<usize>())?;
    let seconds = env::args().nth(2).map_or(Ok(3.0), |argument| argument.parse::<f64>())?;
    let mut alone = None;
    for n_hubs in 1..=most {
        let rate = measure(n_hubs, Duration::from_secs_f64(seconds))?;
        let alone = *alone.get_or_insert(rate);
        println!("  {:.2} times as many as one hub", rate / alone);
    }
    Ok(())
}

/// Serves with `n_hubs`, and returns how many echoes a second there are.
fn measure(n_hubs: usize, time: Duration) -> Result<f64, Box<dyn Error>> {
    let listener = Listen::new("127.0.0.1:0").bind()?;
    let address = listener.local_addr()?.to_string();
    let server = Serve::new(listener).hubs(n_hubs).drain(Duration::ZERO);
    let server = eventlet::spawn(move || server.run(|stream, _| echo(stream)));
    let mut load = Command::new(env::current_exe()?).args(["load", &address]).spawn()?;
    let load_id = load.id().to_string();
    sleep(Duration::from_millis(500));

    let (start, echoes) = (Instant::now(), N_ECHOES.load(Ordering::Relaxed));
    let (ours, kernel, theirs) = cpu_seconds(&load_id)?;
    sleep(time);
    let elapsed = start.elapsed().as_secs_f64();
    let (ours_later, kernel_later, theirs_later) = cpu_seconds(&load_id)?;
    let rate = (N_ECHOES.load(Ordering::Relaxed) - echoes) as f64 / elapsed;
    load.kill()?;
    load.wait()?;
    server.kill();

    let (ours, kernel) = (ours_later - ours, kernel_later - kernel);
    println!("hubs: {n_hubs}");
    println!("  echoes/s: {rate:.0}, and {:.0} for a second of a core", rate * elapsed / ours);
    println!("  server: {:.2} cores, {:.0} % in the kernel", ours / elapsed, kernel / ours * 100.0);
    println!("  load: {:.2} cores", (theirs_later - theirs) / elapsed);
    Ok(rate)
}

fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; ECHO];
    loop {
        let length = stream.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        stream.write_all(&buffer[..length])?;
        N_ECHOES.fetch_add(1, Ordering::Relaxed);
    }
}

/// A process of its own, of plain OS threads: every connection is kept full until it ends.
fn load(address: &str) -> io::Result<()> {
    let mut threads = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut reader = NativeStream::connect(address)?;
        let mut writer = reader.try_clone()?;
        threads.push(thread::spawn(move || while writer.write_all(&[7; BLOCK]).is_ok() {}));
        threads.push(thread::spawn(move || {
            let mut buffer = vec![0; 4 * BLOCK];
            while reader.read(&mut buffer).is_ok_and(|length| length > 0) {}
        }));
    }
    threads
        .into_iter()
        .try_for_each(|thread| thread.join())
        .map_err(|_| io::ErrorKind::Other.into())
}

/// The CPU time of this process, the part of it in the kernel, and that of another process.
fn cpu_seconds(other: &str) -> io::Result<(f64, f64, f64)> {
    let of = |process: &str| -> io::Result<(f64, f64)> {
        let text = fs::read_to_string(format!("/proc/{process}/stat"))?;
        // The name in parentheses may contain spaces; times are in hundredths of a second.
        let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
        let mut times = fields.skip(11).map(|field| field.parse().unwrap_or(0.0) / 100.0);
        Ok((times.next().unwrap_or(0.0), times.next().unwrap_or(0.0)))
    };
    let ((user, kernel), (user_there, kernel_there)) = (of("self")?, of(other)?);
    Ok((user + kernel, kernel, user_there + kernel_there))
}
