//! Servers in processes of their own, which end with the tests, however those end.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::ops::Range;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, panic, process, thread};

use crate::home::{Home, not_started};

/// How long a server may take until it answers.
const START_LIMIT: Duration = Duration::from_secs(30);

/// A server. It is killed when this is dropped, and when the process of the tests ends.
pub struct Server {
    /// The parent of the server. It ends it as soon as its own standard input is closed, which the
    /// system sees to if nobody else can. Taken when the server has been ended.
    keeper: Option<Child>,
    home: Home,
}

impl Server {
    pub(crate) fn start(
        home: Home,
        program: &Path,
        args: impl IntoIterator<Item: AsRef<OsStr>>,
    ) -> Self {
        let mut command = home.command(&helper("server_keeper"));
        command.arg(home.dir()).arg(program).args(args);
        // What the terminal sends to the tests is not for the servers.
        let command = command.stdin(Stdio::piped()).process_group(0);
        let keeper = command.spawn().unwrap_or_else(|error| not_started(program, &error));
        Server { keeper: Some(keeper), home }
    }

    /// Waits until the server is ready. If it ends, or needs too long, shows what it has printed.
    pub fn wait_until<T>(&mut self, mut ready: impl FnMut(&Home) -> Option<T>) -> T {
        let start = Instant::now();
        let why = loop {
            if let Some(value) = ready(&self.home) {
                return value;
            }
            let keeper = self.keeper.as_mut().expect("it has just been started");
            if let Some(status) = keeper.try_wait().expect("it is our child") {
                break format!("has ended: {status}");
            }
            if start.elapsed() > START_LIMIT {
                break format!("is not ready after {START_LIMIT:?}");
            }
            thread::sleep(Duration::from_millis(10));
        };
        let log = fs::read_to_string(self.home.path("log")).unwrap_or_default();
        panic!("the server {why}; `.ci/run` names the packages to install\n{log}");
    }

    /// Ends the server at once, as a crash would.
    pub fn kill(&mut self) {
        if let Some(mut keeper) = self.keeper.take() {
            // It has a pipe to us, and nobody else has the other end.
            drop(keeper.stdin.take());
            let _ = keeper.wait();
        }
    }

    /// Where it keeps its files.
    pub fn home(&self) -> &Home {
        &self.home
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The server that all tests of a process share. It is started on an OS thread of its own, on which
/// nothing is patched.
pub(crate) fn shared<T: Send + Sync>(cell: &'static OnceLock<T>, start: fn() -> T) -> &'static T {
    cell.get_or_init(|| {
        thread::spawn(start).join().unwrap_or_else(|payload| panic::resume_unwind(payload))
    })
}

/// A port that nobody listens at. It is none of those that the system gives to whoever wants any, so
/// that it is still free when the server has started.
pub fn free_port() -> u16 {
    const PORTS: Range<u32> = 20_000..32_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = process::id() * 8 + NEXT.fetch_add(1, Ordering::Relaxed);
        let port = (PORTS.start + number % PORTS.len() as u32) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// A program of this package. Tests are built into a directory beside it.
pub(crate) fn helper(name: &str) -> PathBuf {
    let test = env::current_exe().expect("the test binary has a path");
    let mut dirs = test.ancestors().skip(1).map(|dir| dir.join(name));
    dirs.find(|path| path.is_file()).unwrap_or_else(|| panic!("{name} has not been built"))
}
