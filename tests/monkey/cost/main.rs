//! What patched calls cost those who are not meant: a blocking echo loop between two OS threads that
//! have no hub, in a program without eventlet, in one with the feature, and in one that has called
//! `monkey_patch()`. The three take turns.
//! Run: `cargo bench -p eventlet-monkey-tests --bench cost [-- ROUNDS]`; 100 if not told.

use std::env;
use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

mod echo;

/// How often a turn goes round.
const TRIPS: u32 = 2_000;

const VARIANTS: [&str; 3] = ["without eventlet", "feature, not applied", "applied, no hub"];

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        Some("compiled") => echo::obey(),
        Some("applied") => {
            eventlet::monkey_patch();
            echo::obey()
        }
        _ => compare(env::args().find_map(|argument| argument.parse().ok()).unwrap_or(100)),
    }
}

fn compare(n_rounds: usize) -> io::Result<()> {
    let this = env::current_exe()?;
    let mut variants = [
        Variant::start(Command::new(env!("CARGO_BIN_EXE_plain_echo")))?,
        Variant::start(with_argument(&this, "compiled"))?,
        Variant::start(with_argument(&this, "applied"))?,
    ];
    for round in 0..=n_rounds {
        // Who follows whom changes from round to round.
        for i in 0..variants.len() {
            let variant = &mut variants[(i + round) % VARIANTS.len()];
            let figures = variant.take_turn()?;
            // The first round is for warming up.
            if round > 0 {
                variant.turns.push(figures);
            }
        }
    }
    report(&variants);
    Ok(())
}

fn with_argument(program: &std::path::Path, argument: &str) -> Command {
    let mut command = Command::new(program);
    command.arg(argument);
    command
}

/// One of the programs, and how its turns went.
struct Variant {
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// Nanoseconds of a turn: in all, and of CPU.
    turns: Vec<[u64; 2]>,
}

impl Variant {
    fn start(mut command: Command) -> io::Result<Self> {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let orders = process.stdin.take().expect("piped");
        let answers = BufReader::new(process.stdout.take().expect("piped"));
        Ok(Variant { process, orders, answers, turns: Vec::new() })
    }

    fn take_turn(&mut self) -> io::Result<[u64; 2]> {
        writeln!(self.orders, "{TRIPS}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let mut numbers = line.split_whitespace().map(|number| number.parse().ok());
        match [numbers.next().flatten(), numbers.next().flatten()] {
            [Some(elapsed), Some(cpu)] => Ok([elapsed, cpu]),
            _ => Err(io::Error::other(format!("a program answered {line:?}"))),
        }
    }
}

impl Drop for Variant {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn report(variants: &[Variant; 3]) {
    println!(
        "| program | time of a round trip | CPU of a round trip | ÷ without eventlet, time | CPU |"
    );
    println!("|---|---|---|---|---|");
    let plain = &variants[0];
    for (name, variant) in VARIANTS.iter().zip(variants) {
        let [time, cpu] = [0, 1].map(|figure| {
            let nanos = median(variant.turns.iter().map(|turn| turn[figure] as f64));
            nanos / f64::from(TRIPS) / 1000.0
        });
        let [time_ratio, cpu_ratio] = [0, 1].map(|figure| {
            let pairs = variant.turns.iter().zip(&plain.turns);
            median(pairs.map(|(this, plain)| this[figure] as f64 / plain[figure] as f64))
        });
        println!("| {name} | {time:.2} µs | {cpu:.2} µs | {time_ratio:.3} | {cpu_ratio:.3} |");
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}
