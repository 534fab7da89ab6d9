//! A million green threads, all alive at once in one OS thread, then each woken by the one before.
//! Run: `cargo run --release --example million [N] [--force]`; some 5 GB of memory for a million.
//! Poke: set `EVENTLET_GUARD_REGIONS=0`, as if the kernel were older than Linux 6.13; then with `--force`.

use std::cell::Cell;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::{Duration, Instant};
use std::{env, error::Error, io};

use eventlet::hubs::{Direction, get_hub, trampoline};
use eventlet::{Builder, Exit, GreenThread};
use machine::Usage;

mod machine;

/// After so many, what one of them takes is known, and whether all will fit.
const SAMPLE: u64 = 1000;
/// Address space of each, in bytes; of memory a waiting green thread takes a page.
const STACK_SIZE: usize = 16 * 1024;
/// Address space, in bytes, that is not touched.
const RESERVE: usize = 64 * 1024 * 1024;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let (flags, numbers): (Vec<_>, Vec<_>) = env::args().skip(1).partition(|arg| arg == "--force");
    let wanted = numbers.first().map_or(Ok(1_000_000), |number| number.parse())?;
    // Sets up what is there once, and is not to be counted.
    eventlet::spawn(|| ()).wait()?;
    let before = Usage::now();

    let start = Instant::now();
    let mut chain = Chain::start()?;
    // If stacks take all the rest, this lets the program end in order.
    let mut reserve = Vec::<u8>::with_capacity(RESERVE);
    let mut failure = None;
    while chain.n_alive < wanted && failure.is_none() {
        failure = chain.add().err();
        if chain.n_alive == SAMPLE && flags.is_empty() {
            let limit = machine::tightest_limit(&before, &Usage::now(), SAMPLE);
            if let Some(limit) = limit.filter(|limit| limit.n_fit < wanted) {
                chain.run()?;
                eprintln!("{wanted} green threads do not fit: {}.", limit.why);
                eprintln!("{} fit: ask for them, or try all the same with --force.", limit.n_fit);
                return Ok(ExitCode::from(2));
            }
        }
        if chain.n_alive.is_multiple_of(wanted.div_ceil(100)) {
            eprint!("\r{} alive", chain.n_alive);
        }
    }
    eprintln!();
    reserve.shrink_to_fit();
    let n_alive = chain.n_alive;
    let after = Usage::now();
    println!("alive: {n_alive} green threads, created in {}", time(start, n_alive));
    println!("memory: {}", after.memory_beyond(&before, n_alive));
    println!("mappings: {} of {}", after.n_mappings, machine::mapping_limit());

    let start = Instant::now();
    let n_woken = chain.run()?;
    println!("woken: {n_woken}, one by the other, in {}", time(start, n_woken));
    let start = Instant::now();
    let_the_hub_trim();
    println!("given back: {} are left, after {:.2?}", Usage::now().memory(), start.elapsed());

    if let Some(error) = failure {
        eprintln!("no more than {n_alive} green threads: {error}");
        return Ok(ExitCode::FAILURE);
    }
    Ok(if n_woken == n_alive { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Green threads of which each waits for the one before it.
struct Chain {
    /// The first waits for this to be closed.
    release: UnixStream,
    /// The last of them; who comes next takes it from here.
    last: Rc<Cell<Option<GreenThread<u64>>>>,
    n_alive: u64,
}

impl Chain {
    fn start() -> io::Result<Self> {
        let (release, closed) = UnixStream::pair()?;
        let first = small().spawn(move || {
            trampoline(&closed, Direction::Read, None).expect("a socket can be waited for");
            1
        })?;
        eventlet::sleep(Duration::ZERO);
        Ok(Chain { release, last: Rc::new(Cell::new(Some(first))), n_alive: 1 })
    }

    /// Adds one that waits for the last, and counts on from its number.
    fn add(&mut self) -> io::Result<()> {
        let last = self.last.clone();
        let thread = small().spawn(move || {
            let before = last.take().expect("there is one before");
            before.wait().expect("it ends well") + 1
        })?;
        // Lets it begin.
        eventlet::sleep(Duration::ZERO);
        self.last.set(Some(thread));
        self.n_alive += 1;
        Ok(())
    }

    /// Wakes the first. Returns the number of the last, which is how many were woken.
    fn run(self) -> Result<u64, Exit> {
        drop(self.release);
        self.last.take().expect("there is a last one").wait()
    }
}

/// A hub that has nothing else to do gives stacks back that are not needed any more.
fn let_the_hub_trim() {
    let hub = get_hub();
    let mut n_idle = usize::MAX;
    while hub.stats().stacks_idle < n_idle {
        n_idle = hub.stats().stacks_idle;
        eventlet::sleep(Duration::from_millis(20));
    }
}

fn small() -> Builder {
    Builder::new().stack_size(STACK_SIZE)
}

fn time(start: Instant, n: u64) -> String {
    let elapsed = start.elapsed();
    format!("{:.2} s, {} ns each", elapsed.as_secs_f64(), elapsed.as_nanos() / u128::from(n))
}
