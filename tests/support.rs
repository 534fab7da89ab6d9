//! What the tests share: a time limit for each, a look at the hub afterwards, and child processes.

pub mod child;
pub mod console;
mod crowd;
pub mod detection;
pub mod input;
pub mod jobs;
pub mod net;
pub mod scratch;
#[allow(unsafe_code, reason = "limits, CPU times and forks of the process")]
pub mod sys;

use std::cell::RefCell;
use std::process::abort;
use std::rc::Rc;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use eventlet::GreenThread;

pub use crowd::Crowd;

/// The time limit of most tests: far more than any of them needs.
pub const LIMIT: Duration = Duration::from_secs(30);

/// Runs the body of a test: under [`LIMIT`], and afterwards the hub must be empty.
pub fn check(body: impl FnOnce()) {
    check_within(LIMIT, body);
}

/// Runs the body of a test under a limit of its own; afterwards the hub must be empty.
///
/// The limit is kept by another OS thread, which ends the process: a test that does not let go of
/// its thread cannot be ended in another way.
pub fn check_within(limit: Duration, body: impl FnOnce()) {
    let watchdog = Watchdog::start(test_name(&body), limit);
    // Some things block where there is no hub, and are to be tested where there is one.
    eventlet::hubs::get_hub();
    body();
    assert_hub_is_empty();
    eventlet::debug::resume_clock();
    drop(watchdog);
}

/// The path of the test whose body this closure is, within its test binary.
fn test_name<F>(_: &F) -> String {
    let path = std::any::type_name::<F>();
    let path = path.split_once("::").map_or(path, |(_, path)| path);
    path.trim_end_matches("::{{closure}}").to_owned()
}

fn assert_hub_is_empty() {
    let hub = eventlet::hubs::get_hub();
    assert_eq!(hub.stats().green_threads, 0, "green threads are left: {hub:?}");
    // Entries of the run queue that do not count any more go with the next turn.
    eventlet::sleep(Duration::ZERO);
    let stats = hub.stats();
    let left = [stats.runnable, stats.io_waiters, stats.descriptors, stats.stacks_in_use];
    assert_eq!(left, [0; 4], "something is left in the hub: {stats:?}");
}

/// Ends the process if a test lasts too long.
pub struct Watchdog {
    /// Dropped with the watchdog, which ends its thread.
    _alive: Sender<()>,
}

impl Watchdog {
    /// Gives `name` as much time as `limit`, until this is dropped.
    pub fn start(name: String, limit: Duration) -> Self {
        let (alive, watched) = mpsc::channel();
        let (began, begun) = mpsc::channel();
        thread::spawn(move || {
            began.send(()).unwrap();
            if watched.recv_timeout(limit) == Err(RecvTimeoutError::Timeout) {
                eprintln!("the test {name} has not ended within {limit:?}");
                abort();
            }
        });
        // A thread that has only been made may still want what the test is about to take away.
        begun.recv().unwrap();
        Watchdog { _alive: alive }
    }
}

/// What happened, in order: green threads of one hub share it.
#[derive(Clone, Default)]
pub struct Log {
    entries: Rc<RefCell<Vec<String>>>,
}

impl Log {
    /// An empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that something has happened.
    pub fn add(&self, entry: impl ToString) {
        self.entries.borrow_mut().push(entry.to_string());
    }

    /// Takes what has been noted, in one line.
    pub fn take(&self) -> String {
        self.entries.take().join(" ")
    }

    /// A value that notes `entry` when it is dropped.
    pub fn on_drop(&self, entry: impl ToString) -> LogOnDrop {
        LogOnDrop { log: self.clone(), entry: entry.to_string() }
    }
}

/// Notes its end in a [`Log`].
pub struct LogOnDrop {
    log: Log,
    entry: String,
}

impl Drop for LogOnDrop {
    fn drop(&mut self) {
        self.log.add(&self.entry);
    }
}

/// A green thread that has begun, waits for an hour, and notes its end.
pub fn sleeper(log: &Log) -> GreenThread<()> {
    let log = log.clone();
    let thread = eventlet::spawn(move || {
        let _noted = log.on_drop("unwound");
        eventlet::sleep(Duration::from_secs(3600));
        log.add("woke");
    });
    yield_now();
    assert!(thread.handle().is_running());
    thread
}

/// A green thread that has begun to wait, and notes its name when it has got what it waits for.
pub fn waiter(name: impl ToString, log: &Log, wait: impl FnOnce() + 'static) -> GreenThread<()> {
    let (name, log) = (name.to_string(), log.clone());
    let waiter = eventlet::spawn(move || {
        wait();
        log.add(name);
    });
    yield_now();
    waiter
}

/// Computes, which the hub cannot interrupt.
pub fn compute_for(time: Duration) {
    let before = Instant::now();
    while before.elapsed() < time {
        std::hint::spin_loop();
    }
}

/// Lets every green thread run that is runnable now.
pub fn yield_now() {
    eventlet::sleep(Duration::ZERO);
}

/// Calls a function when it is dropped.
pub struct OnDrop<F: FnMut()>(pub F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Runs `f`, which must take at least `at_least`.
pub fn timed<R>(at_least: Duration, f: impl FnOnce() -> R) -> R {
    let start = Instant::now();
    let result = f();
    assert!(start.elapsed() >= at_least, "it was over after {:?}", start.elapsed());
    result
}

/// Milliseconds, in short.
pub const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

/// The text of a panic's payload.
pub fn panic_text(payload: Box<dyn std::any::Any + Send>) -> String {
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => {
            payload.downcast::<&str>().map_or_else(|_| "?".into(), |text| (*text).into())
        }
    }
}

/// Runs `f`, which must panic, and returns the text of the panic.
pub fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)) {
        Ok(_) => panic!("a panic was expected"),
        Err(payload) => panic_text(payload),
    }
}
