//! Servers in processes of their own: the test's binary, run again with only that test in it.

use std::env;
use std::fmt::Display;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio, exit};
use std::time::Duration;

use eventlet::green::io::PipeReader;
use eventlet::http::Running;
use eventlet_tests::{Watchdog, sys};

/// Set to the name of the test in the process that is its server.
const MARK: &str = "EVENTLET_TEST_SERVER";

/// What the server says first.
const LISTENING: &str = "listening on ";

/// How long a server may run, whatever its test does.
const LIMIT: Duration = Duration::from_secs(180);

/// A server that runs. It is ended when this is dropped.
pub struct Process {
    child: Child,
    output: BufReader<ChildStdout>,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Process {
    /// In the test's process: starts the process of its server. There `serve` is called, and this does
    /// not return.
    pub fn start(test: &str, serve: impl FnOnce()) -> Self {
        if env::var(MARK).is_ok_and(|marked| marked == test) {
            let _watchdog = Watchdog::start(test.to_owned(), LIMIT);
            serve();
            exit(0);
        }
        let mut command = Command::new(env::current_exe().expect("the test binary has a path"));
        command.args(["--exact", test, "--nocapture"]).env(MARK, test);
        let mut child = command.stdout(Stdio::piped()).spawn().expect("it can be started");
        let mut output = BufReader::new(child.stdout.take().expect("its output is piped"));
        let address = loop {
            let mut line = String::new();
            assert_ne!(output.read_line(&mut line).expect("a text"), 0, "it has ended");
            // The test harness may have begun the line.
            if let Some((_, address)) = line.trim_end().split_once(LISTENING) {
                break address.parse().expect("an address");
            }
        };
        Process { child, output, address }
    }

    /// Sends it `SIGTERM`.
    pub fn terminate(&self) {
        sys::terminate(&self.child);
    }

    /// Waits for its end, which must be a success, and returns what it has said.
    pub fn finish(mut self) -> String {
        let mut text = String::new();
        self.output.read_to_string(&mut text).expect("a text");
        let status = self.child.wait().expect("it can be waited for");
        assert!(status.success(), "{status}: {text}");
        text
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Does nothing to a process that has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// For the server's process: serves until `SIGTERM` comes, and stops within a time. `summary` is said at
/// the end.
pub fn serve_until_terminated<S: Display>(
    start: impl FnOnce() -> (Running, SocketAddr),
    limit: Duration,
    summary: impl FnOnce(bool) -> S,
) {
    let mut terminations = PipeReader::from(sys::terminations());
    let (server, address) = start();
    println!("{LISTENING}{address}");
    terminations.read_exact(&mut [0]).expect("a pipe");
    let is_clean = server.stop_within(limit);
    println!("{}", summary(is_clean));
}
