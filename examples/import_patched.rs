//! A blocking module, `blocking_client.rs`, used as it is and through `import_patched!`.
//! Run: `cargo run --example import_patched`.
//! Poke: change `N_REQUESTS`; with `EVENTLET_UNPATCHED=1` set, both are as slow as the first.

use std::error::Error;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::thread;
use std::time::{Duration, Instant};

mod blocking_client;

eventlet::import_patched! {
    #[path = "blocking_client.rs"]
    mod patched_client;
}

const N_REQUESTS: usize = 50;
const DELAY: Duration = Duration::from_millis(50);

fn main() -> Result<(), Box<dyn Error>> {
    let server = start_server()?;
    println!("{N_REQUESTS} requests to a server that takes {DELAY:?} for each:");
    println!("  blocking_client: {:.2?}", time_requests(server, blocking_client::fetch)?);
    println!("  patched_client:  {:.2?}", time_requests(server, patched_client::fetch)?);
    Ok(())
}

/// Starts a green thread for each request, and waits for all of them. They all run in this OS
/// thread: a blocking call holds up the others, a patched one lets them run meanwhile.
fn time_requests(
    server: SocketAddr,
    fetch: fn(SocketAddr) -> io::Result<String>,
) -> Result<Duration, Box<dyn Error>> {
    let start = Instant::now();
    let requests: Vec<_> =
        (0..N_REQUESTS).map(|_| eventlet::spawn(move || fetch(server))).collect();
    for request in requests {
        let answer = request.wait()??;
        assert_eq!(answer, "hello\n");
    }
    Ok(start.elapsed())
}

/// Runs a server in an OS thread of its own, so that it is served while this one is blocked.
fn start_server() -> io::Result<SocketAddr> {
    let listener = eventlet::listen("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        eventlet::serve(listener, |mut stream, _| {
            eventlet::sleep(DELAY);
            stream.write_all(b"hello\n")
        })
    });
    Ok(address)
}
