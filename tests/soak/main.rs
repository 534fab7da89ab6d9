//! A soak: random operations over all primitives at once, with kills and timeouts in between.
//!
//! Nothing may be lost, nobody may be left waiting, and memory and mappings may not grow. Two
//! seconds by default; for a real one, and to repeat one with its seed:
//!
//! ```sh
//! EVENTLET_SOAK_SECONDS=120 cargo test --release -p eventlet-tests --test soak -- --nocapture
//! EVENTLET_SOAK_SEED=1 EVENTLET_SOAK_SECONDS=120 cargo test --release -p eventlet-tests --test soak
//! ```
//!
//! `EVENTLET_SOAK_ONLY=events,select` leaves the other subjects out, to find who is to blame.

mod footprint;
mod soak;

mod dags;
mod doors;
mod events;
mod files;
mod futures;
mod greenpools;
mod items;
mod locals;
mod locks;
mod net;
mod processes;
mod queues;
mod remote;
mod scopes;
mod select;
mod semaphores;
mod std_threads;
mod threads;
mod timeouts;
mod tpool;
mod unwinding;
mod websockets;

use std::env;
use std::time::Duration;

use eventlet_tests::check_within;
use soak::{Row, Soak};

/// What is soaked, and in how many green threads at once.
const SUBJECTS: &[Row] = &[
    ("threads", 4, || Box::<threads::Threads>::default()),
    ("std_threads", 4, || Box::new(std_threads::StdThreads)),
    ("timeouts", 8, || Box::new(timeouts::Timeouts)),
    ("semaphores", 10, || Box::new(semaphores::Semaphores::new())),
    ("events", 8, || Box::new(events::Events::new())),
    ("select", 8, || Box::new(select::Selects::new())),
    ("futures", 2, || Box::new(futures::Futures)),
    ("locals", 4, || Box::new(locals::Locals)),
    ("queues", 12, || Box::new(queues::Queues::new())),
    ("greenpools", 6, || Box::new(greenpools::GreenPools::new())),
    ("items", 6, || Box::new(items::Items::new())),
    ("dags", 2, || Box::new(dags::Dags)),
    ("scopes", 2, || Box::new(scopes::Scopes)),
    ("unwinding", 6, || Box::new(unwinding::Unwinding::new())),
    ("net", 2, || Box::new(net::Net::start())),
    ("websockets", 2, || Box::<websockets::WebSockets>::default()),
    ("doors", 2, || Box::new(doors::Doors::open())),
    ("processes", 2, || Box::new(processes::Processes)),
    ("locks", 8, || Box::new(locks::Locks::start())),
    ("files", 4, || Box::new(files::Files::new())),
    ("remote", 2, || Box::new(remote::Remote::start())),
    ("tpool", 2, || Box::new(tpool::Pool::new())),
];

#[test]
fn soak() {
    let seconds = variable("EVENTLET_SOAK_SECONDS", 2);
    let seed = variable("EVENTLET_SOAK_SEED", u64::from(std::process::id()));
    let duration = Duration::from_secs(seconds);
    println!("a soak of {seconds} s with EVENTLET_SOAK_SEED={seed}");
    let only = env::var("EVENTLET_SOAK_ONLY").ok();
    let is_wanted = |name| only.as_ref().is_none_or(|only| only.split(',').any(|one| one == name));
    let rows: Vec<Row> = SUBJECTS.iter().filter(|row| is_wanted(row.0)).copied().collect();
    let limit = 2 * duration + Duration::from_secs(60);
    check_within(limit, || Soak::run(seed, duration, &rows));
}

fn variable(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().expect("a number"))
}
