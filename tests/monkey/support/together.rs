//! Many calls at once, or one after another: how long they take, and on how many OS threads.

use std::thread;
use std::time::{Duration, Instant};

use eventlet::Builder;
use eventlet_tests::{Crowd, timed};

use crate::mode::is_patched;

/// Unoptimised TLS libraries want more than the stacks that green threads have by default.
const STACK_SIZE: usize = 1 << 20;

/// How much earlier than in our time it may be elsewhere: the kernel counts the limits of sockets in
/// ticks, and servers have clocks of their own.
const TICKS: Duration = Duration::from_millis(10);

/// What came of calling a function `n` times.
pub struct Run<T> {
    /// What each call returned, in the order of their numbers.
    pub results: Vec<T>,
    /// The time from the first call's beginning to the last one's end.
    pub elapsed: Duration,
    /// The most OS threads that the process had meanwhile.
    pub n_os_threads: usize,
}

/// Calls `f` with each number below `n`, all at once: in green threads of this OS thread, or, in
/// a process that is not patched, in as many OS threads.
///
/// # Panics
///
/// If a call panics, or if the calls did not run where they should have.
pub fn at_once<T: Send>(n: usize, f: impl Fn(usize) -> T + Sync) -> Run<T> {
    let crowd = Crowd::default();
    let call = |i| {
        let result = f(i);
        crowd.note();
        result
    };
    let start = Instant::now();
    let results = if is_patched() { in_green_threads(n, &call) } else { in_os_threads(n, &call) };
    let elapsed = start.elapsed();
    if is_patched() {
        crowd.assert_one_thread(n);
    } else {
        crowd.assert_threads(n, n);
    }
    Run { results, elapsed, n_os_threads: crowd.peak() }
}

fn in_green_threads<T>(n: usize, call: &impl Fn(usize) -> T) -> Vec<T> {
    eventlet::scope(|scope| {
        let spawn = |i| {
            let builder = Builder::new().stack_size(STACK_SIZE);
            builder.spawn_scoped(scope, move || call(i)).expect("there is memory for a stack")
        };
        let threads: Vec<_> = (0..n).map(spawn).collect();
        threads.into_iter().map(|thread| thread.wait().expect("the call returns")).collect()
    })
}

fn in_os_threads<T: Send>(n: usize, call: &(impl Fn(usize) -> T + Sync)) -> Vec<T> {
    thread::scope(|scope| {
        let threads: Vec<_> = (0..n).map(|i| scope.spawn(move || call(i))).collect();
        threads.into_iter().map(|thread| thread.join().expect("the call returns")).collect()
    })
}

/// Sleeps until something has happened.
pub fn sleep_until(has_happened: impl Fn() -> bool) {
    while !has_happened() {
        thread::sleep(Duration::from_millis(1));
    }
}

/// Calls `f` with each number below `n`, one after another, on this OS thread.
pub fn one_after_another<T>(n: usize, f: impl Fn(usize) -> T) -> Run<T> {
    let crowd = Crowd::default();
    let start = Instant::now();
    let results = (0..n).map(f).collect();
    let elapsed = start.elapsed();
    crowd.note();
    Run { results, elapsed, n_os_threads: crowd.peak() }
}

/// Runs `f`, which a limit that others keep must end, and not before that.
pub fn not_before<R>(limit: Duration, f: impl FnOnce() -> R) -> R {
    timed(limit - TICKS, f)
}

impl<T> Run<T> {
    /// The calls, each of which takes at least `each`, took about as long as the slowest, and far
    /// less than their sum. Returns their results.
    #[track_caller]
    pub fn like_the_slowest(self, each: Duration) -> Vec<T> {
        let n = self.results.len();
        let sum = each * n as u32;
        println!("{n} x {each:?}: {:?}, {} OS threads", self.elapsed, self.n_os_threads);
        assert!(self.elapsed >= each - TICKS, "{n} calls of {each:?} took only {:?}", self.elapsed);
        assert!(self.elapsed < sum / 4, "{n} calls of {each:?} took {:?}", self.elapsed);
        self.results
    }
}
