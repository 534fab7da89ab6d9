//! Tests that need a process of their own: they run their binary again, with only themselves in it.

use std::env;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio, exit};
use std::thread;
use std::time::Duration;

use super::{LIMIT, Watchdog, test_name};

/// Set to the name of the test in the process that runs its body.
const MARK: &str = "EVENTLET_TEST_CHILD";

/// How to run the body of a test in a process of its own.
#[derive(Default)]
pub struct Child {
    env: Vec<(&'static str, &'static str)>,
    stdin: Option<Box<dyn FnOnce() -> Stdio>>,
}

/// Runs the body of a test, which must succeed, in a process of its own: it changes what the tests
/// of one process share.
pub fn alone(body: impl FnOnce()) {
    Child::new().run(body).expect_success();
}

/// How such a process ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code, or the signal that ended it.
    pub status: ExitStatus,
    /// What it has printed.
    pub stdout: String,
    /// What it has printed as errors.
    pub stderr: String,
}

impl Child {
    /// A process with the environment of this one, but for the library's own variables.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a variable of its environment.
    pub fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.env.push((name, value));
        self
    }

    /// Sets what it can read, which is made by this process only. Otherwise that is nothing.
    pub fn stdin(mut self, stdin: impl FnOnce() -> Stdio + 'static) -> Self {
        self.stdin = Some(Box::new(stdin));
        self
    }

    /// Runs `body` in the child and says how it ended. In the child this does not return.
    pub fn run(self, body: impl FnOnce()) -> Ended {
        self.run_test(test_name(&body), body)
    }

    /// Runs `body`, which is what the test called `name` does.
    pub(super) fn run_test(self, name: String, body: impl FnOnce()) -> Ended {
        if env::var(MARK).is_ok_and(|marked| marked == name) {
            let _watchdog = Watchdog::start(name, LIMIT);
            body();
            exit(0);
        }
        let mut command = Command::new(env::current_exe().expect("the test binary has a path"));
        for variable in ["RUST_BACKTRACE", "EVENTLET_STACK_SIZE", "EVENTLET_GUARD_REGIONS"] {
            command.env_remove(variable);
        }
        command.args(["--exact", &name, "--nocapture"]).env(MARK, &name).envs(self.env);
        let stdin = self.stdin.map_or_else(Stdio::null, |stdin| stdin());
        finish_reading(command, stdin, &name)
    }
}

/// Runs a scene of `main_thread.rs`, which has a main thread of its own.
pub fn main_thread(program: &str, scene: &str) -> Ended {
    let mut command = Command::new(program);
    command.arg(scene);
    finish(command, scene)
}

/// Runs a command to its end, and reads what it prints.
pub fn finish(command: Command, name: &str) -> Ended {
    finish_reading(command, Stdio::null(), name)
}

/// Runs `cargo` to its end, and reads what it prints: it may have to compile all that we depend on.
pub fn finish_cargo(cargo: Command) -> Ended {
    let _watchdog = Watchdog::start("cargo".to_owned(), Duration::from_secs(20 * 60));
    read_to_end(cargo, Stdio::null())
}

fn finish_reading(command: Command, stdin: Stdio, name: &str) -> Ended {
    let _watchdog = Watchdog::start(name.to_owned(), LIMIT + Duration::from_secs(30));
    read_to_end(command, stdin)
}

fn read_to_end(mut command: Command, stdin: Stdio) -> Ended {
    let piped = command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().expect("the child can be started");
    // The command has the other end of what its child reads.
    drop(command);
    let mut out = child.stdout.take().expect("its output is piped");
    let mut err = child.stderr.take().expect("its errors are piped");
    let reader = thread::spawn(move || read_all(&mut out));
    let stderr = read_all(&mut err);
    let stdout = reader.join().expect("reading does not panic");
    Ended { status: child.wait().expect("the child can be waited for"), stdout, stderr }
}

fn read_all(from: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes).expect("a pipe can be read");
    String::from_utf8_lossy(&bytes).into_owned()
}

impl Ended {
    /// Asserts that the body came to its end.
    #[track_caller]
    pub fn expect_success(&self) -> &Self {
        assert!(self.status.success(), "{self:#?}");
        self
    }

    /// Asserts that the body panicked, and the process did not die of it.
    #[track_caller]
    pub fn expect_panic(&self) -> &Self {
        assert_eq!(self.status.code(), Some(101), "{self:#?}");
        self
    }

    /// Asserts that the process was aborted.
    #[track_caller]
    pub fn expect_abort(&self) -> &Self {
        assert_eq!(self.status.signal(), Some(libc::SIGABRT), "{self:#?}");
        self
    }

    /// Asserts that `text` was printed as an error.
    #[track_caller]
    pub fn expect_stderr(&self, text: &str) -> &Self {
        assert!(self.stderr.contains(text), "{text:?} is not in {self:#?}");
        self
    }

    /// Asserts that `text` was not printed as an error.
    #[track_caller]
    pub fn refuse_stderr(&self, text: &str) -> &Self {
        assert!(!self.stderr.contains(text), "{text:?} is in {self:#?}");
        self
    }
}
