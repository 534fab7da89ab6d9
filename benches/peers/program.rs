//! The programs of the peers: where they are, and how they are run.

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio, exit};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use super::Peer;
use crate::args::Settings;
use crate::machine::{self, on_server_core};

/// A job that takes longer is taken for stuck.
const PATIENCE: Duration = Duration::from_secs(300);

/// What runs a peer, and what it says that it can do.
pub(crate) struct Program {
    peer: Peer,
    /// The program and its first arguments.
    words: Vec<OsString>,
    version: String,
    skills: Vec<String>,
}

/// The programs of the peers that are wanted and present; says which are not.
pub(crate) fn find_all(settings: &Settings) -> Vec<Program> {
    let wanted = Peer::ALL.into_iter().filter(|peer| settings.wants_peer(*peer));
    wanted
        .filter_map(|peer| {
            Program::find(peer).inspect_err(|why| eprintln!("{peer} is left out: {why}")).ok()
        })
        .collect()
}

impl Program {
    fn find(peer: Peer) -> Result<Self, Box<dyn Error>> {
        let words = match peer {
            Peer::Go => vec![build_go()?.into()],
            Peer::Gevent => python("gevent"),
            Peer::PyEventlet => python("eventlet"),
            _ => vec![env::current_exe()?.into(), "--peer".into(), peer.name().into()],
        };
        let mut program = Program { peer, words, version: String::new(), skills: Vec::new() };
        let about = program.ask(&["about"])?;
        let mut lines = about.lines().map(str::to_owned);
        program.version = lines.next().ok_or("it says nothing about itself")?;
        program.skills = lines.flat_map(words_of).collect();
        Ok(program)
    }

    pub(crate) fn peer(&self) -> Peer {
        self.peer
    }

    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    pub(crate) fn can(&self, skill: &str) -> bool {
        self.skills.iter().any(|known| known == skill)
    }

    /// Does a job in a new process and returns the numbers that it prints.
    pub(crate) fn run_job(&self, name: &str, operations: u64) -> Result<Vec<f64>, Box<dyn Error>> {
        let answer = self.ask(&["job", name, &operations.to_string()])?;
        Ok(answer.split_whitespace().map(str::parse).collect::<Result<_, _>>()?)
    }

    fn ask(&self, order: &[&str]) -> Result<String, Box<dyn Error>> {
        let mut child = on_server_core(|| self.command(order).stderr(Stdio::piped()).spawn())?;
        let begin = Instant::now();
        while child.try_wait()?.is_none() {
            if begin.elapsed() > PATIENCE {
                child.kill()?;
            }
            thread::sleep(Duration::from_millis(5));
        }
        // All that they print fits into a pipe.
        let output = child.wait_with_output()?;
        if output.status.success() {
            return Ok(String::from_utf8(output.stdout)?);
        }
        let text = String::from_utf8_lossy(&output.stderr);
        // Where Python has its reason, and Rust too, but for advice about backtraces.
        let tells = |line: &&str| !line.trim().is_empty() && !line.starts_with("note:");
        let reason = text.lines().rfind(tells).unwrap_or("no reason given");
        Err(format!("{} ({})", reason.trim(), output.status).into())
    }

    fn command(&self, order: &[&str]) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]).args(order);
        // One core is what everyone gets; Go would else start a thread for each.
        command.env("GOMAXPROCS", "1").env("PYTHONWARNINGS", "ignore");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    }

    pub(crate) fn start_server(&self, name: &str) -> Result<Server, Box<dyn Error>> {
        let mut process = on_server_core(|| self.command(&["server", name]).spawn())?;
        let stdout = process.stdout.take().expect("stdout is piped");
        let mut server = Server { process, port: 0 };
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let told = line.trim().parse();
        server.port = told.map_err(|_| format!("it told no port: {line:?}"))?;
        Ok(server)
    }
}

fn words_of(line: String) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

fn python(flavour: &str) -> Vec<OsString> {
    let python = env::var_os("EVENTLET_BENCH_PYTHON").unwrap_or("python3".into());
    vec![python, source("peers/python/peer.py").into(), flavour.into()]
}

fn build_go() -> Result<PathBuf, Box<dyn Error>> {
    let program = scratch_folder()?.join("go-peer");
    let build = Command::new("go")
        .args(["build", "-o"])
        .args([&program, &source("peers/go/main.go")])
        .output()
        .map_err(|error| format!("go: {error}"))?;
    if build.status.success() {
        return Ok(program);
    }
    Err(String::from_utf8_lossy(&build.stderr).trim().into())
}

/// A file of this package.
pub(crate) fn source(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The folder `target`, wherever it is: this program lies in `target/release/deps`.
pub(crate) fn target_folder() -> io::Result<PathBuf> {
    let program = env::current_exe()?;
    let target = program.ancestors().nth(3).ok_or(io::ErrorKind::NotFound)?;
    Ok(target.to_owned())
}

fn scratch_folder() -> io::Result<PathBuf> {
    let folder = target_folder()?.join("benches");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// The version of a peer's crate, from Cargo.lock.
pub(super) fn locked_version(peer: Peer) -> String {
    let name = match peer {
        // It has the compiler's.
        Peer::Std => return format!("{peer} {}", env!("CARGO_PKG_RUST_VERSION")),
        Peer::Limit => "generator",
        _ => peer.name(),
    };
    let entry = format!("name = \"{name}\"\nversion = \"");
    let rest = include_str!("../../Cargo.lock").split_once(&entry).map_or("", |(_, rest)| rest);
    format!("{name} {}", rest.split('"').next().unwrap_or_default())
}

/// A server process; it ends when this is dropped.
pub(crate) struct Server {
    process: Child,
    port: u16,
}

impl Server {
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
        // Were this process to die before, the closed pipe would end it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Ends this process when its stdin closes, so that no server outlives the suite.
pub(super) fn exit_with_parent() {
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        exit(0)
    });
}
