//! The corpus of malformed requests, run against Eventlet's own server: the table of `README.md`.
//!
//! ```text
//! cargo test -p eventlet-http-tests --test malformed_eventlet -- --ignored --nocapture
//! ```
//!
//! `EVENTLET_PYTHON` says which Python to use, if not `/usr/bin/python3`.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use eventlet_http_tests::corpus::{Entry, corpus};
use eventlet_http_tests::exchange::{Cuts, Ending, Outcome, exchange};
use eventlet_http_tests::recorder;
use eventlet_tests::check_within;

/// How long an answer is waited for. Eventlet's server waits for more where it should refuse.
const PATIENCE: Duration = Duration::from_secs(1);

/// Eventlet's server, in a process of its own.
struct Eventlet {
    process: Child,
    address: SocketAddr,
    version: String,
}

impl Eventlet {
    fn start() -> Self {
        let python = env::var("EVENTLET_PYTHON").unwrap_or_else(|_| "/usr/bin/python3".into());
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("malformed/eventlet_server.py");
        let mut command = Command::new(python);
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("Python is installed");
        let mut line = String::new();
        let output = process.stdout.take().expect("a pipe");
        BufReader::new(output).read_line(&mut line).expect("a line");
        let (port, version) = line.trim().split_once(' ').expect("Eventlet is installed");
        let address = SocketAddr::from(([127, 0, 0, 1], port.parse().expect("a port")));
        Eventlet { process, address, version: version.to_owned() }
    }
}

impl Drop for Eventlet {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What is to be said of an outcome: the columns of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    AsExpected,
    /// Refused, as expected, but in another way.
    RefusedOtherwise,
    /// Well-formed, but refused, or answered in another way.
    Misunderstood,
    /// Malformed, but answered as if it were not, or the connection goes on.
    Accepted,
    /// The application was called with a request that was hidden in another.
    Smuggled,
    /// Neither answered nor ended.
    Stuck,
}

impl Verdict {
    const ALL: [Verdict; 6] = [
        Verdict::AsExpected,
        Verdict::RefusedOtherwise,
        Verdict::Misunderstood,
        Verdict::Accepted,
        Verdict::Smuggled,
        Verdict::Stuck,
    ];

    fn of(entry: &Entry, outcome: &Outcome) -> Self {
        let ending = if entry.survives { Ending::Open } else { Ending::Closed };
        let successes = |statuses: &[u16]| statuses.iter().filter(|&&status| status == 200).count();
        let is_expected = outcome.statuses == entry.statuses() && outcome.ending == ending;
        if outcome.calls.iter().any(|path| path.contains("smuggled")) {
            Verdict::Smuggled
        } else if is_expected {
            Verdict::AsExpected
        } else if outcome.ending == Ending::Stuck {
            Verdict::Stuck
        } else if !entry.is_refused() && entry.survives {
            Verdict::Misunderstood
        } else if outcome.ending == Ending::Closed
            && successes(&outcome.statuses) <= successes(&entry.statuses())
        {
            Verdict::RefusedOtherwise
        } else {
            Verdict::Accepted
        }
    }
}

/// How many entries of a family have come to which verdict.
type Counts = BTreeMap<Verdict, usize>;

const HEAD: &str = "\
| family | entries | this server as expected | Eventlet as expected | refused otherwise | misunderstood | accepted | smuggled | stuck |
|---|---|---|---|---|---|---|---|---|";

fn row(name: &str, n_ours: usize, counts: &Counts) -> String {
    let numbers = Verdict::ALL.map(|verdict| counts.get(&verdict).copied().unwrap_or(0));
    let numbers = numbers.map(|number| number.to_string()).join(" | ");
    format!("| {name} | {} | {n_ours} | {numbers} |", counts.values().sum::<usize>())
}

#[test]
#[ignore = "a comparison, which takes half a minute"]
fn eventlets_own_server() {
    check_within(Duration::from_secs(600), || {
        let eventlet = Eventlet::start();
        let (server, address) = recorder::start();
        let mut table: BTreeMap<String, (usize, Counts)> = BTreeMap::new();
        for entry in corpus() {
            let ours = exchange(&entry, address, Cuts::Own, PATIENCE);
            let theirs = exchange(&entry, eventlet.address, Cuts::Own, PATIENCE);
            let verdict = Verdict::of(&entry, &theirs);
            if verdict != Verdict::AsExpected {
                println!("{verdict:?}: {}: {theirs:?}", entry.title());
            }
            let is_ours_right = Verdict::of(&entry, &ours) == Verdict::AsExpected;
            for name in [entry.family, "all".to_owned()] {
                let (n_ours, counts) = table.entry(name).or_default();
                *n_ours += usize::from(is_ours_right);
                *counts.entry(verdict).or_default() += 1;
            }
        }
        server.stop();
        println!("\nEventlet {}\n\n{HEAD}", eventlet.version);
        let all = table.remove("all").expect("there are entries");
        for (family, (n_ours, counts)) in &table {
            println!("{}", row(family, *n_ours, counts));
        }
        println!("{}", row("all", all.0, &all.1));
    });
}
