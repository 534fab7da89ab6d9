//! postgres, a client of PostgreSQL. Under its blocking calls each connection has a tokio runtime.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use eventlet_monkey_tests::{Deaf, Postgres, at_once, check, check_without_the_patch, not_before};
use eventlet_tests::ms;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::{Client, Config, Error, NoTls};

const N: usize = 200;

fn connect() -> Client {
    Client::connect(&Postgres::shared().url(), NoTls).unwrap()
}

fn sleep_and_tell(client: &mut Client, i: usize) -> usize {
    let row = client.query_one("SELECT $1::int8, pg_sleep(0.5)", &[&(i as i64)]).unwrap();
    row.get::<_, i64>(0) as usize
}

#[test]
fn queries_at_once() {
    check(|| {
        Postgres::shared();
        let run = at_once(N, |i| sleep_and_tell(&mut connect(), i));
        assert!((0..N).eq(run.like_the_slowest(ms(500))));
    });
}

#[test]
fn queries_at_once_by_unix_sockets() {
    check(|| {
        let url = Postgres::shared().unix_url();
        let connect = || Client::connect(&url, NoTls).unwrap();
        let run = at_once(N, |i| sleep_and_tell(&mut connect(), i));
        assert!((0..N).eq(run.like_the_slowest(ms(500))));
    });
}

#[test]
fn connections_are_used_again() {
    check(|| {
        let clients = at_once(N, |_| Mutex::new(connect())).results;
        for _ in 0..2 {
            let run = at_once(N, |i| sleep_and_tell(&mut clients[i].lock().unwrap(), i));
            assert!((0..N).eq(run.like_the_slowest(ms(500))));
        }
        at_once(N, |i| assert!(!clients[i].lock().unwrap().is_closed()));
    });
}

/// Transactions that wait for each other's row: who has it needs the OS thread that the others wait on.
#[test]
fn transactions_that_wait_for_each_other() {
    check(|| {
        let create = "CREATE TABLE accounts AS SELECT 0::int8 AS balance";
        connect().batch_execute(create).unwrap();
        let run = at_once(50, |i| {
            let mut client = connect();
            let mut transaction = client.transaction().unwrap();
            let row =
                transaction.query_one("SELECT balance FROM accounts FOR UPDATE", &[]).unwrap();
            let balance: i64 = row.get(0);
            thread::sleep(ms(5));
            transaction.execute("UPDATE accounts SET balance = $1", &[&(balance + 1)]).unwrap();
            // Every fifth changes its mind.
            if i % 5 == 0 { transaction.rollback() } else { transaction.commit() }
        });
        run.results.into_iter().for_each(|result| result.unwrap());
        let balance = connect().query_one("SELECT balance FROM accounts", &[]).unwrap();
        assert_eq!(balance.get::<_, i64>(0), 40);
        connect().batch_execute("DROP TABLE accounts").unwrap();
    });
}

#[test]
fn errors_leave_the_connection_usable() {
    check(|| {
        let cases = [
            ("SELECT 1 / (random() * 0)::int", SqlState::DIVISION_BY_ZERO),
            ("SELEKT", SqlState::SYNTAX_ERROR),
            ("SELECT * FROM nowhere", SqlState::UNDEFINED_TABLE),
            ("SET statement_timeout = 200; SELECT pg_sleep(60)", SqlState::QUERY_CANCELED),
        ];
        let run = at_once(40, |i| {
            let (query, state) = &cases[i % 4];
            let mut client = connect();
            let error = client.batch_execute(query).unwrap_err();
            assert_eq!(error.code(), Some(state), "{error}");
            client.batch_execute("RESET statement_timeout").unwrap();
            sleep_and_tell(&mut client, i)
        });
        assert!((0..40).eq(run.results));
    });
}

#[test]
fn queries_are_cancelled_from_elsewhere() {
    check(|| {
        let tokens: Vec<_> = (0..10).map(|_| (Mutex::new(None), AtomicBool::new(false))).collect();
        let run = at_once(20, |i| {
            let (token, has_ended) = &tokens[i / 2];
            if i % 2 == 0 {
                let mut client = connect();
                *token.lock().unwrap() = Some(client.cancel_token());
                let error = client.batch_execute("SELECT pg_sleep(60)").unwrap_err();
                has_ended.store(true, Ordering::SeqCst);
                return error.code() == Some(&SqlState::QUERY_CANCELED);
            }
            // A request that comes before the query has no effect: the next one will.
            while !has_ended.load(Ordering::SeqCst) {
                thread::sleep(ms(100));
                if let Some(token) = &*token.lock().unwrap() {
                    token.cancel_query(NoTls).unwrap();
                }
            }
            true
        });
        assert_eq!(run.results, [true; 20]);
    });
}

/// Every listener hears everything, in order, though it began to listen in silence.
#[test]
fn listen_and_notify() {
    const N_LISTENERS: usize = 50;
    check(|| {
        let n_listening = Mutex::new(0);
        let run = at_once(N_LISTENERS + 1, |i| {
            let mut client = connect();
            if i < N_LISTENERS {
                client.batch_execute("LISTEN news").unwrap();
                *n_listening.lock().unwrap() += 1;
                let mut notifications = client.notifications();
                let heard = notifications.blocking_iter().take(3);
                return heard.map(|told| Ok(told.payload().to_owned())).collect().unwrap();
            }
            while *n_listening.lock().unwrap() < N_LISTENERS {
                thread::sleep(ms(10));
            }
            for text in ["one", "two", "three"] {
                client.execute("SELECT pg_notify('news', $1)", &[&text]).unwrap();
                thread::sleep(ms(100));
            }
            Vec::new()
        });
        let heard = run.results.iter().filter(|heard| **heard == ["one", "two", "three"]);
        assert_eq!(heard.count(), N_LISTENERS);
    });
}

#[test]
fn silence_is_waited_for_as_long_as_wanted() {
    check(|| {
        Postgres::shared();
        let run = at_once(N, |_| {
            let mut client = connect();
            client.batch_execute("LISTEN nothing").unwrap();
            let mut notifications = client.notifications();
            not_before(ms(500), || notifications.timeout_iter(ms(500)).next().unwrap().is_none())
        });
        assert_eq!(run.like_the_slowest(ms(500)), [true; N]);
    });
}

#[test]
fn nobody_there() {
    check(|| {
        let mut postgres = Postgres::start();
        let gone = [postgres.url(), postgres.unix_url()];
        postgres.kill();
        let deaf = Deaf::to_calls();
        let run = at_once(60, |i| {
            if i % 3 < 2 {
                return Client::connect(&gone[i % 3], NoTls).is_err();
            }
            let mut config = Config::new();
            config.host("127.0.0.1").port(deaf.address().port()).user("tests");
            config.connect_timeout(Duration::from_secs(1));
            not_before(Duration::from_secs(1), || config.connect(NoTls).is_err())
        });
        assert_eq!(run.results, [true; 60]);
    });
}

#[test]
fn the_server_dies_in_the_middle_of_queries() {
    check(|| {
        let postgres = Postgres::start();
        let url = postgres.url();
        let postgres = Mutex::new(postgres);
        let query = || -> Result<(), Error> {
            Client::connect(&url, NoTls)?.batch_execute("SELECT pg_sleep(60)")
        };
        let run = at_once(51, |i| {
            if i < 50 {
                return query().is_err();
            }
            thread::sleep(ms(500));
            postgres.lock().unwrap().kill();
            query().is_err()
        });
        assert_eq!(run.results, [true; 51]);
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}
