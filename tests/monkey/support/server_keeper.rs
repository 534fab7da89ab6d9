//! `server_keeper DIR PROGRAM ARGS…`: runs a server until its own standard input is closed, which
//! the system does when whoever started it is gone. Then it ends the server and removes DIR.
//! What the server prints goes to DIR/log.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio, exit};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use std::{env, thread};

/// How often it looks whether the server has ended.
const TICK: Duration = Duration::from_millis(20);

/// How long a server may take to give back what would outlive it.
const GRACE: Duration = Duration::from_secs(3);

fn main() -> io::Result<()> {
    let mut args = env::args_os().skip(1);
    let dir = PathBuf::from(args.next().expect("a directory is the first argument"));
    let program = args.next().expect("a program is the second argument");
    let log = File::create(dir.join("log"))?;
    let mut command = Command::new(program);
    command.args(args).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log.try_clone()?);
    let mut server = command.spawn().unwrap_or_else(|error| {
        let _ = writeln!(&log, "{command:?} cannot be started: {error}");
        exit(127);
    });

    let lifeline = watch_input();
    while lifeline.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        if let Some(status) = server.try_wait()? {
            exit(status.code().unwrap_or(1));
        }
    }
    end(&mut server)?;
    fs::remove_dir_all(&dir)
}

/// Is disconnected when standard input is closed.
fn watch_input() -> Receiver<()> {
    let (open, lifeline) = mpsc::channel();
    thread::spawn(move || {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        drop(open);
    });
    lifeline
}

/// Ends the server: first with the signal that ends PostgreSQL, its processes and its shared memory
/// as a crash would, and others too.
fn end(server: &mut Child) -> io::Result<()> {
    #[allow(unsafe_code, reason = "std has no other signal than SIGKILL")]
    // SAFETY: the call takes plain numbers. The process is our child and has not been waited for,
    // so that the number is still its own.
    unsafe {
        libc::kill(server.id() as libc::pid_t, libc::SIGQUIT);
    }
    let start = Instant::now();
    while start.elapsed() < GRACE {
        if server.try_wait()?.is_some() {
            return Ok(());
        }
        thread::sleep(TICK);
    }
    server.kill()?;
    server.wait().map(drop)
}
