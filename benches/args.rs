//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use crate::peers::Peer;

const USAGE: &str = "--only NAMES, --peers NAMES, --rounds N, --quick, --json PATH, \
                     --chart PATH, --publish";

/// What the process is to do.
pub(crate) enum Command {
    /// Measure everything and print the table.
    Compare(Settings),
    /// Be one of the peers.
    Act { peer: Peer, order: Order },
}

/// What the program of a peer is told; the programs in other languages know the same words.
pub(crate) enum Order {
    /// Print a version, and the names of what it can do.
    About,
    /// Do an in-process job and print what came out.
    Job { name: String, operations: u64 },
    /// Print a port and serve on it until stdin closes.
    Server { name: String },
}

/// What to measure, how much of it, and what to write.
#[derive(Default)]
pub(crate) struct Settings {
    /// Workloads whose name begins with one of these; all, if there is none.
    only: Vec<String>,
    /// Who takes part; everyone, if there is none.
    peers: Vec<Peer>,
    rounds: Option<usize>,
    /// Fewer and shorter runs: to see that everything works, not for figures to quote.
    quick: bool,
    /// Where the figures go as JSON, if not to the usual place.
    pub(crate) json: Option<PathBuf>,
    /// Where the chart goes, if anywhere.
    pub(crate) chart: Option<PathBuf>,
    /// Whether README.md gets the table, and the chart beside it.
    pub(crate) publish: bool,
}

impl Settings {
    pub(crate) fn wants(&self, name: &str, is_long: bool) -> bool {
        match &*self.only {
            [] => !(is_long && self.quick),
            only => only.iter().any(|prefix| name.starts_with(prefix.as_str())),
        }
    }

    pub(crate) fn wants_peer(&self, peer: Peer) -> bool {
        self.peers.is_empty() || self.peers.contains(&peer)
    }

    /// One round is enough for a workload that takes minutes.
    pub(crate) fn n_rounds(&self, is_long: bool) -> usize {
        let usual = if self.quick { 3 } else { 5 };
        if is_long { 1 } else { self.rounds.unwrap_or(usual) }
    }

    /// How the figures came about, in a line.
    pub(crate) fn description(&self) -> String {
        let rounds = match self.n_rounds(false) {
            1 => "one round".to_owned(),
            n => format!("{n} rounds"),
        };
        if self.quick { rounds + ", shortened, not to be quoted" } else { rounds }
    }

    /// How long one run of a network workload is measured.
    pub(crate) fn window(&self) -> Duration {
        Duration::from_millis(if self.quick { 300 } else { 1000 })
    }

    /// How many of a job's operations to do.
    pub(crate) fn scale(&self, operations: u64) -> u64 {
        if self.quick { operations / 5 } else { operations }
    }
}

pub(crate) fn parse(args: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut args = args.into_iter();
    let mut settings = Settings::default();
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value"));
        match arg.as_str() {
            // Cargo says this to every benchmark.
            "--bench" => {}
            "--quick" => settings.quick = true,
            "--publish" => settings.publish = true,
            "--only" => settings.only.extend(value()?.split(',').map(str::to_owned)),
            "--rounds" => settings.rounds = Some(number(&value()?)?.max(1) as usize),
            "--json" => settings.json = Some(value()?.into()),
            "--chart" => settings.chart = Some(value()?.into()),
            "--peers" => {
                for name in value()?.split(',') {
                    settings.peers.push(name.parse()?);
                }
            }
            "--peer" => {
                let peer = value()?.parse()?;
                return Ok(Command::Act { peer, order: parse_order(args)? });
            }
            other => return Err(format!("unknown argument {other}; known: {USAGE}")),
        }
    }
    Ok(Command::Compare(settings))
}

fn parse_order(args: impl Iterator<Item = String>) -> Result<Order, String> {
    let words: Vec<_> = args.collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["about"] => Ok(Order::About),
        ["job", name, n] => Ok(Order::Job { name: name.to_owned(), operations: number(n)? }),
        ["server", name] => Ok(Order::Server { name: name.to_owned() }),
        _ => Err("a peer is told: about, job NAME OPERATIONS, or server NAME".to_owned()),
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{text} is not a number"))
}
