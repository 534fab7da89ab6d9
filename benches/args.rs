//! The command line.

use std::time::Duration;

use crate::peers::Peer;

/// What the process is to do.
pub(crate) enum Command {
    /// Measure everything and print the table.
    Compare(Settings),
    /// Do one in-process job and print how long it took.
    Job { name: String, peer: Peer, operations: u64 },
    /// Serve echo until stdin closes.
    Server { peer: Peer },
}

/// How much to measure.
#[derive(Default)]
pub(crate) struct Settings {
    /// Workloads whose name begins with one of these; all, if there is none.
    only: Vec<String>,
    /// Fewer and shorter runs: to see that everything works, not for figures to quote.
    quick: bool,
}

impl Settings {
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|prefix| name.starts_with(prefix.as_str()))
    }

    pub(crate) fn n_rounds(&self) -> usize {
        if self.quick { 3 } else { 5 }
    }

    /// How long one run of a network workload is measured.
    pub(crate) fn window(&self) -> Duration {
        Duration::from_millis(if self.quick { 500 } else { 2000 })
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
            "--only" => settings.only.extend(value()?.split(',').map(str::to_owned)),
            "--job" => {
                let (name, peer, operations) = (value()?, value()?.parse()?, value()?);
                let operations = operations.parse().map_err(|_| "OPERATIONS is a number")?;
                return Ok(Command::Job { name, peer, operations });
            }
            "--server" => return Ok(Command::Server { peer: value()?.parse()? }),
            other => return Err(format!("unknown argument {other}; known: --only NAMES, --quick")),
        }
    }
    Ok(Command::Compare(settings))
}
