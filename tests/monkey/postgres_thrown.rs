//! Limits and kills that meet clients of PostgreSQL. Each has a tokio runtime, which panics if
//! `epoll_wait` fails; its destructor waits again, and would panic once more.

use std::fs;
use std::panic::catch_unwind;
use std::thread;
use std::time::{Duration, Instant};

use eventlet::{sleep, spawn, with_timeout};
use eventlet_monkey_tests::{Deaf, Postgres, at_once, check, check_without_the_patch, is_patched};
use eventlet_tests::ms;
use postgres::fallible_iterator::FallibleIterator;
use postgres::{Client, Error, NoTls};

const N: usize = 100;

/// The server looks every now and then whether a client is gone whose query it works on.
fn connect(i: usize) -> Result<Client, Error> {
    let server = Postgres::shared();
    let url = if i.is_multiple_of(2) { server.url() } else { server.unix_url() };
    let options = "options='-c client_connection_check_interval=100'";
    Client::connect(&format!("{url} {options}"), NoTls)
}

/// Something that takes for ever, of the connection with this number.
type Stage = fn(usize, &Deaf) -> Result<(), Error>;

const STAGES: [(&str, Stage); 7] = [
    ("connecting", |_, deaf| {
        let address = deaf.address();
        let url = format!("host=127.0.0.1 port={} user=tests", address.port());
        Client::connect(&url, NoTls).map(drop)
    }),
    ("a query", |i, _| connect(i)?.batch_execute("SELECT pg_sleep(60)")),
    ("a statement", |i, _| connect(i)?.execute("SELECT pg_sleep($1)", &[&60.0]).map(drop)),
    ("a transaction", |i, _| {
        let mut client = connect(i)?;
        let mut transaction = client.transaction()?;
        transaction.batch_execute("SELECT pg_advisory_xact_lock(1)")?;
        transaction.batch_execute("SELECT pg_sleep(60)")?;
        transaction.commit()
    }),
    ("listening", |i, _| {
        let mut client = connect(i)?;
        client.batch_execute("LISTEN nothing")?;
        client.notifications().blocking_iter().next().map(drop)
    }),
    ("many rows", |i, _| {
        let rows = "SELECT repeat('x', 1000), generate_series(1, 100000000)";
        let mut client = connect(i)?;
        let mut rows = client.query_raw(rows, &[] as &[i32; 0])?;
        while let Some(row) = rows.next()? {
            drop(row);
        }
        Ok(())
    }),
    ("errors that are ignored", |i, _| {
        let mut client = connect(i)?;
        for _ in 0..20 {
            let _ = client.batch_execute("SELECT pg_sleep(60)");
        }
        assert!(client.is_closed());
        client.execute("SELECT 1", &[]).map(drop)
    }),
];

fn n_descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Waits until the server has no client but the one that asks.
fn assert_nobody_is_left() {
    let mut client = connect(0).unwrap();
    let question = "SELECT concat_ws(' ', state, wait_event, query) FROM pg_stat_activity \
                    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    let start = Instant::now();
    loop {
        let clients = client.query(question, &[]).unwrap();
        let Some(first) = clients.first() else { return };
        let (n, does) = (clients.len(), first.get::<_, String>(0));
        assert!(start.elapsed() < ms(20_000), "the server still has {n} clients: {does}");
        thread::sleep(ms(50));
    }
}

#[test]
fn limits_at_every_stage() {
    if !is_patched() {
        return;
    }
    check(|| {
        let deaf = Deaf::to_words();
        for (name, stage) in STAGES {
            assert_nobody_is_left();
            let n_before = n_descriptors();
            let run = at_once(N, |i| with_timeout(ms(2 * i as u64), || stage(i, &deaf)).is_err());
            assert_eq!(run.results, [true; N], "{name}");
            assert!(run.elapsed < ms(20_000), "{name}: {:?}", run.elapsed);
            assert_eq!(n_descriptors(), n_before, "{name}");
        }
        assert_nobody_is_left();
    });
}

#[test]
fn kills_at_every_stage() {
    if !is_patched() {
        return;
    }
    check(|| {
        Postgres::shared();
        for (name, stage) in STAGES {
            assert_nobody_is_left();
            let n_before = n_descriptors();
            let start = Instant::now();
            let kill_late = |i| {
                let builder = eventlet::Builder::new().stack_size(1 << 20);
                let deaf = Deaf::to_words();
                let thread = builder.spawn(move || stage(i, &deaf)).unwrap();
                let handle = thread.handle();
                (thread, spawn(move || (sleep(ms(2 * i as u64)), handle.kill())))
            };
            for (thread, killer) in (0..N).map(kill_late).collect::<Vec<_>>() {
                killer.wait().unwrap();
                let result = thread.wait();
                assert!(matches!(&result, Err(end) if end.is_killed()), "{name}: {result:?}");
            }
            assert!(start.elapsed() < ms(20_000), "{name}: {:?}", start.elapsed());
            assert_eq!(n_descriptors(), n_before, "{name}");
        }
        assert_nobody_is_left();
    });
}

/// A limit outside of everything that is unwound: the transaction that is dropped meanwhile cannot be
/// rolled back any more, nor the connection be closed in good order.
#[test]
fn destructors_that_wait_while_the_green_thread_unwinds() {
    check(|| {
        let unwind = |i: usize| {
            let mut client = connect(i).unwrap();
            let mut transaction = client.transaction().unwrap();
            transaction.batch_execute("SELECT 1").unwrap();
            match i % 2 {
                0 if is_patched() => sleep(Duration::from_secs(60)),
                _ => panic!("on purpose"),
            }
        };
        assert_nobody_is_left();
        let n_before = n_descriptors();
        let run = at_once(N, |i| {
            let end = || {
                if is_patched() {
                    with_timeout(ms(500), || unwind(i)).is_err()
                } else {
                    unwind(i);
                    true
                }
            };
            catch_unwind(end).unwrap_or(true)
        });
        assert_eq!(run.results, [true; N]);
        assert_eq!(n_descriptors(), n_before);
        assert_nobody_is_left();
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}
