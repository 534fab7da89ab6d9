//! Runs in processes of their own: how they are started, and how they end.

use std::error::Error;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio, exit};
use std::time::Duration;
use std::{env, thread};

use crate::machine;
use crate::peers::Peer;

fn suite() -> io::Result<Command> {
    Ok(Command::new(env::current_exe()?))
}

/// Does a job in a new process and returns how long it took.
pub(crate) fn run_job(name: &str, peer: Peer, operations: u64) -> Result<Duration, Box<dyn Error>> {
    let operations = operations.to_string();
    let output = suite()?
        .args(["--job", name, peer.name(), &operations])
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("the job {name} of {peer} failed: {}", output.status).into());
    }
    Ok(Duration::from_nanos(String::from_utf8(output.stdout)?.trim().parse()?))
}

/// A server process; it ends when this is dropped.
pub(crate) struct Server {
    process: Child,
    port: u16,
}

impl Server {
    pub(crate) fn start(peer: Peer) -> Result<Self, Box<dyn Error>> {
        let mut process = suite()?
            .args(["--server", peer.name()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let stdout = process.stdout.take().expect("stdout is piped");
        let mut server = Server { process, port: 0 };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        server.port = line.trim().parse().map_err(|_| format!("{peer} told no port: {line:?}"))?;
        Ok(server)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The CPU time it has used so far.
    pub(crate) fn cpu_time(&self) -> io::Result<Duration> {
        machine::cpu_time(self.process.id())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The closed pipe ends it, and would do so too if this process were killed.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Ends this process when its stdin closes, so that no server outlives the suite.
pub(crate) fn exit_with_parent() {
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        exit(0)
    });
}
