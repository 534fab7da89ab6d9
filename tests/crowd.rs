//! Where the threads of a test run.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::thread;

/// The OS threads that a test's threads run on, of whatever kind those are.
#[derive(Default)]
pub struct Crowd {
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    /// How often somebody said where it runs.
    n_notes: usize,
    threads: HashSet<PathBuf>,
    /// The most OS threads that the process had at once.
    peak: usize,
}

impl Crowd {
    /// Notes where the caller runs.
    pub fn note(&self) {
        let peak = threads_of_process().unwrap_or(0);
        // std's id of a thread is a thread-local, of which green threads may have their own.
        let std_id = || format!("{:?}", thread::current().id()).into();
        let os_thread = fs::read_link("/proc/thread-self").unwrap_or_else(|_| std_id());
        let mut seen = self.seen.lock().unwrap();
        seen.n_notes += 1;
        seen.threads.insert(os_thread);
        seen.peak = seen.peak.max(peak);
    }

    /// `n` have run, all of them on one OS thread, and the process had no more than a few.
    pub fn assert_one_thread(&self, n: usize) {
        let seen = self.seen.lock().unwrap();
        assert_eq!((seen.n_notes, seen.threads.len()), (n, 1));
        assert!(seen.peak < 100, "{} OS threads", seen.peak);
    }

    /// `n` have run, on as many OS threads as that.
    pub fn assert_threads(&self, n: usize, n_threads: usize) {
        let seen = self.seen.lock().unwrap();
        assert_eq!((seen.n_notes, seen.threads.len()), (n, n_threads));
    }

    /// The most OS threads that the process had whenever somebody said where it runs.
    pub fn peak(&self) -> usize {
        self.seen.lock().unwrap().peak
    }
}

/// How many OS threads there are, where the system tells.
fn threads_of_process() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("Threads:"))?;
    line.trim().parse().ok()
}
