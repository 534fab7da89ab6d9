//! What an in-process job is for the peers written in Rust, and how it is measured.

use std::error::Error;
use std::io::{Error as IoError, ErrorKind};
use std::process;
use std::time::{Duration, Instant};

use crate::machine;

/// What a peer has to do itself.
pub(crate) enum Job {
    /// A number of operations.
    Timed(fn(u64)),
    /// Starts so many tasks that sleep until a moment, calls the function when all are asleep,
    /// and waits for them.
    Sleepers(fn(u64, Instant, &mut dyn FnMut())),
    /// Starts a task for each duration, which sleeps for so long, and returns how much longer
    /// each has slept.
    Sleeps(fn(&[Duration]) -> Vec<Duration>),
}

/// How long the longest of the random sleeps is.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

impl Job {
    /// Does it in this process and returns a value for each metric of its workload.
    ///
    /// What is counted is CPU time: on an idle machine this is the elapsed time of what never
    /// waits; on a busy one it leaves out what others have used.
    pub(crate) fn run(&self, operations: u64) -> Result<Vec<f64>, Box<dyn Error>> {
        match self {
            Job::Timed(body) => timed(*body, operations),
            Job::Sleepers(body) => sleepers(*body, operations),
            Job::Sleeps(body) => sleeps(*body, operations),
        }
    }
}

fn used() -> Result<Duration, IoError> {
    machine::cpu_time(process::id())
}

/// Nanoseconds an operation.
fn timed(body: fn(u64), operations: u64) -> Result<Vec<f64>, Box<dyn Error>> {
    // Stacks, pools and branch predictors as they are in the middle of a long run.
    body(operations / 10);
    let begin = used()?;
    body(operations);
    Ok(vec![per(used()? - begin, operations)])
}

/// Bytes, nanoseconds until asleep, and nanoseconds from there to the end, for each sleeper.
fn sleepers(
    body: fn(u64, Instant, &mut dyn FnMut()),
    operations: u64,
) -> Result<Vec<f64>, Box<dyn Error>> {
    machine::go_first_when_memory_is_short();
    let memory = machine::resident_bytes()?;
    let begin = used()?;
    // Late enough that all are asleep before, even on a machine that does something else.
    let deadline = Instant::now() + Duration::from_millis(1000 + operations / 12);
    let mut asleep = Err(IoError::from(ErrorKind::NotFound));
    body(operations, deadline, &mut || {
        asleep = machine::resident_bytes().and_then(|bytes| Ok((bytes, used()?, Instant::now())));
    });
    let end = used()?;
    let (bytes, middle, moment) = asleep?;
    if moment > deadline {
        return Err("the first were to wake before the last were asleep".into());
    }
    let memory = bytes.saturating_sub(memory) as f64 / operations as f64;
    Ok(vec![memory, per(middle - begin, operations), per(end - middle, operations)])
}

/// Milliseconds of CPU time for all, and the median and the 99th percentile of how late they
/// were, in microseconds.
fn sleeps(
    body: fn(&[Duration]) -> Vec<Duration>,
    operations: u64,
) -> Result<Vec<f64>, Box<dyn Error>> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let durations: Vec<_> = (0..operations).map(|_| random.duration(LONGEST_SLEEP)).collect();
    let begin = used()?;
    let mut late = body(&durations);
    let cpu = used()? - begin;
    late.sort_unstable();
    let percentile = |n: usize| late[late.len() * n / 100].as_nanos() as f64 / 1e3;
    Ok(vec![cpu.as_secs_f64() * 1e3, percentile(50), percentile(99)])
}

fn per(time: Duration, operations: u64) -> f64 {
    time.as_nanos() as f64 / operations as f64
}

/// A xorshift generator: the same sleeps in every run, and for every peer in Rust.
struct Random(u64);

impl Random {
    fn duration(&mut self, below: Duration) -> Duration {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Duration::from_nanos(self.0 % below.as_nanos() as u64)
    }
}
