//! What ends calls of crates from outside, at every stage: limits, kills, too few descriptors.

use std::fs;
use std::panic::catch_unwind;
use std::time::Instant;

use curl::easy::Easy;
use eventlet::{spawn, with_timeout};
use eventlet_monkey_tests::{
    Postgres, Redis, Web, at_once, check, check_without_the_patch, is_patched,
};
use eventlet_tests::child::Child;
use eventlet_tests::{ms, sys};
use postgres::NoTls;
use redis::Commands;

/// Each stage of a call that takes about as many milliseconds: connecting, TLS, asking, waiting.
const STAGES: u64 = 120;

/// A call that waits for so many milliseconds, and says whether it has succeeded.
type Call = fn(u64) -> bool;

/// Calls of all kinds.
const CALLS: [(&str, Call); 4] = [
    ("ureq", |millis| {
        let agent: ureq::Agent = ureq::Agent::config_builder().proxy(None).build().into();
        let url = Web::shared().http(&format!("/slow/{millis}"));
        agent.get(url).call().is_ok_and(|mut answer| answer.body_mut().read_to_string().is_ok())
    }),
    ("curl", |millis| {
        let mut easy = Easy::new();
        easy.url(&Web::shared().https(&format!("/slow/{millis}"))).unwrap();
        easy.noproxy("*").unwrap();
        easy.cainfo(Web::shared().authority_file()).unwrap();
        easy.write_function(|bytes| Ok(bytes.len())).unwrap();
        easy.perform().is_ok()
    }),
    ("redis", |millis| {
        let connection = redis::Client::open(Redis::shared().url()).unwrap().get_connection();
        // Zero would be for ever.
        let limit = millis.max(1) as f64 / 1000.0;
        let nothing = |mut connection: redis::Connection| {
            connection.blpop::<_, Option<(String, String)>>("nothing", limit)
        };
        connection.and_then(nothing).is_ok()
    }),
    ("postgres", |millis| {
        let query = format!("SELECT pg_sleep({})", millis as f64 / 1000.0);
        let client = postgres::Client::connect(&Postgres::shared().url(), NoTls);
        client.and_then(|mut client| client.batch_execute(&query)).is_ok()
    }),
];

/// Whether a call succeeds. postgres panics if it cannot make an epoll descriptor.
fn succeeds(i: usize) -> bool {
    let (_, call) = CALLS[i % CALLS.len()];
    catch_unwind(|| call(0)).unwrap_or(false)
}

/// Starts all servers, and makes each call once, so that it has what it keeps.
fn begin() -> usize {
    let first = at_once(1, |_| CALLS.map(|(name, call)| assert!(call(0), "{name}")));
    drop(first);
    n_descriptors()
}

fn n_descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// A limit is reported whatever the crate makes of the error that it gets, and nothing is left behind.
#[test]
fn limits_at_every_stage() {
    if !is_patched() {
        return;
    }
    check(|| {
        for (name, call) in CALLS {
            let n_before = begin();
            let run = at_once(STAGES as usize, |i| {
                let start = Instant::now();
                let result = with_timeout(ms(i as u64), || call(60_000));
                assert!(start.elapsed() >= ms(i as u64));
                result
            });
            assert!(run.results.iter().all(Result::is_err), "{name}: {:?}", run.results);
            assert!(run.elapsed < ms(20_000), "{name}: {:?}", run.elapsed);
            assert_eq!(n_descriptors(), n_before, "{name}");
            assert!(call(0), "{name}");
        }
    });
}

/// Who is killed in a call comes to an end, whatever the crate makes of the error that it gets.
#[test]
fn kills_at_every_stage() {
    if !is_patched() {
        return;
    }
    check(|| {
        for (name, call) in CALLS {
            let n_before = begin();
            let start = Instant::now();
            let threads: Vec<_> = (0..STAGES)
                .map(|i| {
                    let thread = spawn(move || call(60_000));
                    let handle = thread.handle();
                    (thread, spawn(move || (eventlet::sleep(ms(i)), handle.kill())))
                })
                .collect();
            for (thread, killer) in threads {
                killer.wait().unwrap();
                let result = thread.wait();
                assert!(matches!(result, Ok(false)) || result.is_err(), "{name}: {result:?}");
            }
            assert!(start.elapsed() < ms(20_000), "{name}: {:?}", start.elapsed());
            assert_eq!(n_descriptors(), n_before, "{name}");
            assert!(call(0), "{name}");
        }
    });
}

/// Without descriptors calls fail; afterwards they do not. Meanwhile no other test counts the
/// descriptors of this process, among which are pipes to the child.
#[test]
fn too_few_descriptors() {
    check(|| {
        let body = || {
            eventlet_tests::check(|| {
                begin();
                let taken = sys::take_all_descriptors();
                let run = at_once(20, succeeds);
                drop(taken);
                assert_eq!(run.results, [false; 20]);
                let run = at_once(20, succeeds);
                assert_eq!(run.results, [true; 20]);
            });
        };
        Child::new().run(body).expect_success();
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}
