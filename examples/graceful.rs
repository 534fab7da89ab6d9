//! An HTTP server that cuts no request: when it is told to end it accepts nobody any more, answers what
//! has come, and is gone after ten seconds at the latest.
//! Run: `cargo run --example graceful [ADDRESS]`; 127.0.0.1:8091 if not told. Ctrl-C or `kill` ends it.
//! Poke: `curl http://127.0.0.1:8091/ & sleep 0.5; pkill -TERM graceful; wait`: curl gets its answer.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::sync::OnceLock;
use std::time::Duration;

use eventlet::green;
use eventlet::http::{Request, Response, Server};

fn main() -> io::Result<()> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8091".to_owned());
    // From here on a signal is a byte in a pipe, and a pipe can be waited for.
    let mut signals = green::io::PipeReader::from(signals()?);
    let listener = eventlet::listen(address)?;
    println!("listening on {}", listener.local_addr()?);
    let server = Server::new(app).start(listener)?;

    signals.read_exact(&mut [0])?;
    println!("{} connections", server.connections());
    let is_clean = server.stop_within(Duration::from_secs(10));
    println!("{}", if is_clean { "all are answered" } else { "some took too long" });
    Ok(())
}

/// Takes its time.
fn app(_: &mut Request) -> Response {
    eventlet::sleep(Duration::from_secs(1));
    Response::text("This took a second.\n")
}

static WRITER: OnceLock<PipeWriter> = OnceLock::new();

/// A signal handler may do next to nothing; writing to a pipe is allowed.
extern "C" fn note(_: libc::c_int) {
    if let Some(mut writer) = WRITER.get() {
        let _ = writer.write(&[0]);
    }
}

/// A pipe out of which comes a byte for each signal that asks this program to end.
#[allow(unsafe_code, reason = "std has no call for signals")]
fn signals() -> io::Result<PipeReader> {
    let (reader, writer) = io::pipe()?;
    WRITER.get_or_init(|| writer);
    for signal in [libc::SIGTERM, libc::SIGINT] {
        // SAFETY: the handler is a function that lives as long as the program, and only reads what
        // has been set before and makes one system call.
        unsafe { libc::signal(signal, note as *const () as libc::sighandler_t) };
    }
    Ok(reader)
}
