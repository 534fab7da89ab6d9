//! Programs that tests start: the examples, and tools of the system. None outlives its test.

use std::collections::HashMap;
use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a program may take for its next line, or for its end.
const LIMIT: Duration = Duration::from_secs(60);

/// A program that has been started. It is ended when this is dropped.
pub struct Program {
    name: String,
    child: Child,
    /// What it prints, line by line, from a thread that ends with it.
    lines: Receiver<String>,
}

impl Program {
    /// Starts an example, building it first if need be.
    pub fn example(name: &str, arguments: &[&str]) -> Self {
        Self::start(Command::new(path_of_example(name)).args(arguments))
    }

    /// Starts an example with a limit on its open descriptors.
    pub fn example_with_descriptors(n: usize, name: &str, arguments: &[&str]) -> Self {
        let script = format!("ulimit -n {n} && exec \"$0\" \"$@\"");
        let example = path_of_example(name);
        Self::start(Command::new("sh").args(["-c", &script]).arg(example).args(arguments))
    }

    /// Starts an example that guards its stacks as on a kernel without guard regions. What it
    /// prints as errors comes with the rest.
    pub fn example_with_mapped_guards(name: &str, arguments: &[&str]) -> Self {
        let script = "EVENTLET_GUARD_REGIONS=0 exec \"$0\" \"$@\" 2>&1";
        let example = path_of_example(name);
        Self::start(Command::new("sh").args(["-c", script]).arg(example).args(arguments))
    }

    /// Starts an example that finds no tools of the system.
    pub fn example_without_tools(name: &str, arguments: &[&str]) -> Self {
        let script = "PATH=/nowhere exec \"$0\" \"$@\"";
        let example = path_of_example(name);
        Self::start(Command::new("sh").args(["-c", script]).arg(example).args(arguments))
    }

    /// Starts a tool of the system. If it is not installed the test says so and goes without.
    pub fn tool(name: &str, arguments: &[&str]) -> Option<Self> {
        let is_there = |folder: PathBuf| folder.join(name).is_file();
        if !env::split_paths(&env::var_os("PATH").unwrap_or_default()).any(is_there) {
            // Past the test harness, which shows nothing that a passing test prints.
            let _ = writeln!(io::stderr(), "skipped what needs {name}, which is not installed");
            return None;
        }
        Some(Self::start(Command::new(name).args(arguments)))
    }

    fn start(command: &mut Command) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = piped.spawn().unwrap_or_else(|error| panic!("starting {name}: {error}"));
        let stdout = child.stdout.take().expect("its output is piped");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Program { name, child, lines }
    }

    /// The next line that it prints.
    pub fn line(&self) -> String {
        let line = self.lines.recv_timeout(LIMIT);
        line.unwrap_or_else(|error| panic!("no line from {}: {error}", self.name))
    }

    /// The address at which this server says that it listens.
    pub fn address(&self) -> SocketAddr {
        let line = self.line();
        let address = line.strip_prefix("listening on ").and_then(|address| address.parse().ok());
        address.unwrap_or_else(|| panic!("{} printed {line:?} first", self.name))
    }

    /// Types text into it.
    pub fn say(&mut self, text: &str) {
        let stdin = self.child.stdin.as_mut().expect("its input is open");
        stdin.write_all(text.as_bytes()).expect("it reads its input");
    }

    /// Sends it `SIGTERM`.
    pub fn terminate(&self) {
        eventlet_tests::sys::terminate(&self.child);
    }

    /// Ends its input, waits for its end, and returns what it has printed meanwhile.
    pub fn finish(mut self) -> (ExitStatus, String) {
        drop(self.child.stdin.take());
        let end = Instant::now() + LIMIT;
        let mut text = String::new();
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => text.extend([line.as_str(), "\n"]),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("{} still runs: {text}", self.name),
            }
        }
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                return (status, text);
            }
            thread::sleep(Duration::from_millis(2));
        }
        panic!("{} closed its output and still runs: {text}", self.name);
    }

    /// As `finish`, for a program that must succeed.
    pub fn output(self) -> String {
        let name = self.name.clone();
        let (status, text) = self.finish();
        assert!(status.success(), "{name}: {status}\n{text}");
        text
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Does nothing to a program that has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Connects an ordinary blocking client that fails rather than waits for ever.
pub fn client_of(server: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect_timeout(&server, LIMIT).expect("the server accepts");
    stream.set_read_timeout(Some(LIMIT)).expect("the limit is valid");
    stream.set_write_timeout(Some(LIMIT)).expect("the limit is valid");
    stream
}

fn path_of_example(name: &str) -> &'static Path {
    static EXAMPLES: OnceLock<HashMap<String, PathBuf>> = OnceLock::new();
    let examples = EXAMPLES.get_or_init(build_examples);
    examples.get(name).unwrap_or_else(|| panic!("no example {name} among {examples:?}"))
}

/// Builds the examples as `cargo test --workspace` does, in the profile and the target folder of
/// this test; that is quick if they are there.
fn build_examples() -> HashMap<String, PathBuf> {
    let test = env::current_exe().expect("the test has a path");
    let profile_folder = test.ancestors().nth(2).expect("it is in PROFILE/deps");
    let target_folder = profile_folder.parent().expect("PROFILE is in the target folder");
    let profile = match profile_folder.file_name().and_then(|name| name.to_str()) {
        Some("debug") | None => "dev",
        Some(profile) => profile,
    };
    let output = Command::new(env!("CARGO"))
        .args(["build", "--workspace", "--examples", "--profile", profile])
        .arg("--message-format=json-render-diagnostics")
        .arg("--manifest-path")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .arg("--target-dir")
        .arg(target_folder)
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo can be started");
    assert!(output.status.success(), "the examples cannot be built");
    let messages = String::from_utf8(output.stdout).expect("cargo writes UTF-8");
    messages.lines().filter_map(executable).map(|path| (name_of(&path), path)).collect()
}

/// The executable that a message of cargo's is about, if any.
fn executable(message: &str) -> Option<PathBuf> {
    let (_, rest) = message.split_once(r#""executable":""#)?;
    let (path, _) = rest.split_once('"')?;
    Some(PathBuf::from(path))
}

fn name_of(executable: &Path) -> String {
    executable.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
