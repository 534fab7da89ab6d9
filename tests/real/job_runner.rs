//! Runs the jobs that lie in a spool folder: worker threads start a command for each, with a time
//! limit and piped output, and write down what came of it.
//!
//! A job is a file `incoming/NAME.job` of lines `key = value`: `command`, and perhaps `arg` (as often
//! as need be), `env.NAME`, `stdin`, `limit_ms` and `attempts`. While it runs it lies in `running`;
//! then it lies in `done` or in `failed`, beside `NAME.result` and what the command has printed.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read, Write};
use std::os::unix::{fs::PermissionsExt, process::ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Scope, ScopedJoinHandle};
use std::time::{Duration, Instant, SystemTime};

use std::sync::atomic::{self, AtomicUsize};

/// More of a command's output is not kept.
const MOST_OUTPUT: u64 = 64 << 10;

/// Commands that are running, in the whole process, and the most that ever were.
static RUNNING: AtomicUsize = AtomicUsize::new(0);
pub static MOST_RUNNING: AtomicUsize = AtomicUsize::new(0);

/// When this process has begun to run jobs.
static BEGUN: LazyLock<SystemTime> = LazyLock::new(SystemTime::now);

/// Says what failed, beside why.
macro_rules! context {
    ($result:expr, $($what:tt)+) => {
        std::result::Result::map_err($result, |error: std::io::Error| {
            std::io::Error::new(error.kind(), std::format!("{}: {error}", std::format_args!($($what)+)))
        })
    };
}

/// A job, as its file says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Job {
    pub name: String,
    pub command: String,
    pub args: Vec<String>,
    pub envs: Vec<(String, String)>,
    pub stdin: String,
    pub limit: Option<Duration>,
    pub attempts: u32,
}

impl Job {
    pub fn read(path: &Path) -> io::Result<Job> {
        let file = context!(File::open(path), "{}", path.display())?;
        let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let mut job = Job { name: name.to_owned(), attempts: 1, ..Job::default() };
        for (n, line) in (1..).zip(BufReader::new(file).lines()) {
            let line = line?;
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                let bad = |why: String| io::Error::new(ErrorKind::InvalidData, why);
                job.parse_line(line).map_err(|why| bad(format!("line {n}: {why}")))?;
            }
        }
        match job.command.is_empty() {
            true => Err(io::Error::new(ErrorKind::InvalidData, "no command")),
            false => Ok(job),
        }
    }

    fn parse_line(&mut self, line: &str) -> Result<(), String> {
        let (key, value) = line.split_once('=').ok_or("no `=`")?;
        let (key, value) = (key.trim(), value.trim());
        let number = || value.parse::<u32>().map_err(|e| format!("{value}: {e}"));
        match key.split_once('.').unwrap_or((key, "")) {
            ("command", "") => self.command = value.into(),
            ("arg", "") => self.args.push(value.into()),
            ("env", name) if !name.is_empty() => self.envs.push((name.into(), value.into())),
            ("stdin", "") => self.stdin = value.into(),
            ("limit_ms", "") => self.limit = Some(Duration::from_millis(number()?.into())),
            ("attempts", "") => self.attempts = number()?.max(1),
            _ => return Err(format!("what is `{key}`?")),
        }
        Ok(())
    }

    /// Runs the command once.
    fn run(&self) -> io::Result<Outcome> {
        let mut child = Command::new(&self.command)
            .args(&self.args)
            .envs(self.envs.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let _counted = Counted::new();
        thread::scope(|scope| {
            let stdin = child.stdin.take();
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(self.stdin.as_bytes())));
            let stdout = collect(scope, child.stdout.take());
            let stderr = collect(scope, child.stderr.take());
            let (status, is_late) = wait(&mut child, self.limit)?;
            let join = |thread: ScopedJoinHandle<'_, io::Result<Vec<u8>>>| {
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            };
            Ok(Outcome { status, is_late, stdout: join(stdout)?, stderr: join(stderr)? })
        })
    }
}

/// What came of one attempt.
#[derive(Debug)]
struct Outcome {
    status: ExitStatus,
    is_late: bool,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Outcome {
    /// In a few words.
    fn verdict(&self) -> String {
        match (self.is_late, self.status.code(), self.status.signal()) {
            (true, ..) => "killed: too slow".to_owned(),
            (_, Some(0), _) => "ok".to_owned(),
            (_, Some(code), _) => format!("exit code {code}"),
            (_, None, signal) => format!("signal {}", signal.unwrap_or_default()),
        }
    }
}

/// A command that is running.
struct Counted;

impl Counted {
    fn new() -> Self {
        let running = RUNNING.fetch_add(1, atomic::Ordering::SeqCst) + 1;
        MOST_RUNNING.fetch_max(running, atomic::Ordering::SeqCst);
        Counted
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        RUNNING.fetch_sub(1, atomic::Ordering::SeqCst);
    }
}

/// Reads to the end on another thread, and keeps the beginning.
fn collect<'scope, R: Read + Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    pipe: Option<R>,
) -> ScopedJoinHandle<'scope, io::Result<Vec<u8>>> {
    scope.spawn(move || {
        let mut kept = Vec::new();
        if let Some(mut pipe) = pipe {
            pipe.by_ref().take(MOST_OUTPUT).read_to_end(&mut kept)?;
            io::copy(&mut pipe, &mut io::sink())?;
        }
        Ok(kept)
    })
}

/// Waits for a child, and kills it when its time is over; tells whether that was so.
fn wait(child: &mut Child, limit: Option<Duration>) -> io::Result<(ExitStatus, bool)> {
    let Some(limit) = limit else { return Ok((child.wait()?, false)) };
    let deadline = Instant::now() + limit;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok((status, false));
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            child.kill()?;
            return Ok((child.wait()?, true));
        }
        thread::sleep(left.min(pause));
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

/// How many jobs ended in which way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    pub done: usize,
    pub failed: usize,
    pub attempts: usize,
}

struct Queue {
    jobs: VecDeque<PathBuf>,
    n_running: usize,
    tally: Tally,
}

/// A spool folder and those who work on it.
pub struct Runner {
    spool: PathBuf,
    n_workers: usize,
    queue: Mutex<Queue>,
    changed: Condvar,
}

impl Runner {
    /// Makes the folders that are not there. Jobs that were running when an earlier runner was
    /// ended are to run again.
    pub fn new(spool: impl Into<PathBuf>, n_workers: usize) -> io::Result<Runner> {
        let spool = spool.into();
        for folder in ["incoming", "running", "done", "failed"] {
            fs::create_dir_all(spool.join(folder))?;
        }
        for path in jobs_in(&spool.join("running"))? {
            fs::rename(&path, spool.join("incoming").join(path.file_name().unwrap()))?;
        }
        let queue = Queue { jobs: VecDeque::new(), n_running: 0, tally: Tally::default() };
        Ok(Runner { spool, n_workers, queue: Mutex::new(queue), changed: Condvar::new() })
    }

    /// Runs all jobs that have come, and those that come meanwhile. `tell` hears of each that has
    /// ended.
    pub fn run(&self, tell: impl Fn(&str, &str) + Sync) -> io::Result<Tally> {
        LazyLock::force(&BEGUN);
        thread::scope(|scope| {
            let workers: io::Result<Vec<_>> = (0..self.n_workers)
                .map(|n| {
                    let builder = thread::Builder::new().name(format!("worker {n}"));
                    builder.spawn_scoped(scope, || self.work(&tell))
                })
                .collect();
            workers?.into_iter().try_for_each(|worker| worker.join().expect("no panic"))
        })?;
        let tally = self.locked().tally;
        self.write_state(&tally)?;
        Ok(tally)
    }

    fn locked(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, tell: &impl Fn(&str, &str)) -> io::Result<()> {
        while let Some(path) = self.next()? {
            let ended = self.finish(&path);
            let mut queue = self.locked();
            queue.n_running -= 1;
            self.changed.notify_all();
            let (name, verdict, attempts) = ended?;
            match &*verdict {
                "ok" => queue.tally.done += 1,
                _ => queue.tally.failed += 1,
            }
            queue.tally.attempts += attempts;
            drop(queue);
            tell(&name, &verdict);
        }
        Ok(())
    }

    /// Claims the next job, and moves it to those that run.
    fn next(&self) -> io::Result<Option<PathBuf>> {
        let mut queue = self.locked();
        loop {
            if queue.jobs.is_empty() {
                queue.jobs = jobs_in(&self.spool.join("incoming"))?.into();
            }
            if let Some(path) = queue.jobs.pop_front() {
                let running = self.spool.join("running").join(path.file_name().unwrap());
                match fs::rename(&path, &running) {
                    // Somebody has taken it back.
                    Err(e) if e.kind() == ErrorKind::NotFound => continue,
                    moved => moved?,
                }
                queue.n_running += 1;
                return Ok(Some(running));
            }
            if queue.n_running == 0 {
                return Ok(None);
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Runs a job, as often as it may be tried, and puts it where it belongs.
    fn finish(&self, path: &Path) -> io::Result<(String, String, usize)> {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let (mut verdict, mut attempts, mut last) = (String::new(), 0, None);
        match Job::read(path) {
            Err(error) => verdict = format!("no job: {error}"),
            Ok(job) => {
                while attempts < job.attempts && verdict != "ok" {
                    attempts += 1;
                    (verdict, last) = match job.run() {
                        Ok(outcome) => (outcome.verdict(), Some(outcome)),
                        Err(error) => (format!("cannot run {}: {error}", job.command), None),
                    };
                }
            }
        }
        let folder = self.spool.join(if verdict == "ok" { "done" } else { "failed" });
        if let Some(outcome) = last {
            write_atomically(&folder.join(&stem).with_extension("out"), &outcome.stdout)?;
            write_atomically(&folder.join(&stem).with_extension("err"), &outcome.stderr)?;
        }
        let result = format!("verdict = {verdict}\nattempts = {attempts}\n");
        write_atomically(&folder.join(&stem).with_extension("result"), result.as_bytes())?;
        fs::rename(path, folder.join(path.file_name().unwrap()))?;
        Ok((stem, verdict, attempts as usize))
    }

    fn write_state(&self, tally: &Tally) -> io::Result<()> {
        let Tally { done, failed, attempts } = tally;
        let took = BEGUN.elapsed().unwrap_or_default().as_millis();
        let text =
            format!("done = {done}\nfailed = {failed}\nattempts = {attempts}\nms = {took}\n");
        write_atomically(&self.spool.join("state"), text.as_bytes())
    }
}

/// The jobs of a folder, by name.
fn jobs_in(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut jobs = Vec::new();
    for entry in context!(fs::read_dir(folder), "{}", folder.display())? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_file() && path.extension().is_some_and(|e| e == "job") {
            jobs.push(path);
        }
    }
    jobs.sort();
    Ok(jobs)
}

/// Writes a file that is there as a whole or not at all, and that only its owner may read.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_added_extension("tmp");
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).open(&unfinished)?;
    let written = file
        .set_permissions(fs::Permissions::from_mode(0o600))
        .and_then(|()| file.write_all(bytes))
        .and_then(|()| file.sync_data())
        .and_then(|()| fs::rename(&unfinished, path));
    written.inspect_err(|_| drop(fs::remove_file(&unfinished)))
}
