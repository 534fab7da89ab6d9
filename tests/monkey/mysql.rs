//! mysql, a client of MySQL and MariaDB.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use eventlet_monkey_tests::{Deaf, MariaDb, at_once, check, check_without_the_patch, not_before};
use eventlet_tests::ms;
use mysql::prelude::Queryable;
use mysql::{Conn, Error, Opts, OptsBuilder, Result, TxOpts};

const N: usize = 200;

fn connect() -> Conn {
    Conn::new(options(&MariaDb::shared().url())).unwrap()
}

fn options(url: &str) -> OptsBuilder {
    OptsBuilder::from_opts(Opts::from_url(url).unwrap())
}

fn sleep_and_tell(connection: &mut Conn, i: usize) -> usize {
    let answer = connection.exec_first("SELECT ?, SLEEP(0.5)", (i,)).unwrap();
    let (number, _slept): (usize, u8) = answer.unwrap();
    number
}

#[test]
fn queries_at_once() {
    check(|| {
        MariaDb::shared();
        let run = at_once(N, |i| sleep_and_tell(&mut connect(), i));
        assert!((0..N).eq(run.like_the_slowest(ms(500))));
    });
}

#[test]
fn queries_at_once_by_unix_sockets() {
    check(|| {
        let server = MariaDb::shared();
        let options = options(&server.url()).socket(Some(server.socket()));
        let run = at_once(N, |i| sleep_and_tell(&mut Conn::new(options.clone()).unwrap(), i));
        assert!((0..N).eq(run.like_the_slowest(ms(500))));
    });
}

/// Transactions that wait for each other's row: who has it needs the OS thread that the others wait on.
#[test]
fn transactions_that_wait_for_each_other() {
    check(|| {
        let create = "CREATE TABLE accounts ENGINE = InnoDB SELECT 0 AS balance";
        connect().query_drop(create).unwrap();
        let run = at_once(50, |i| {
            let mut connection = connect();
            let mut transaction = connection.start_transaction(TxOpts::default())?;
            let row = transaction.query_first("SELECT balance FROM accounts FOR UPDATE")?;
            let balance: i64 = row.unwrap();
            thread::sleep(ms(5));
            transaction.exec_drop("UPDATE accounts SET balance = ?", (balance + 1,))?;
            // Every fifth changes its mind.
            if i % 5 == 0 { transaction.rollback() } else { transaction.commit() }
        });
        run.results.into_iter().for_each(|result| result.unwrap());
        let balance: Option<i64> = connect().query_first("SELECT balance FROM accounts").unwrap();
        assert_eq!(balance, Some(40));
        connect().query_drop("DROP TABLE accounts").unwrap();
    });
}

#[test]
fn errors_leave_the_connection_usable() {
    check(|| {
        const SYNTAX: u16 = 1064;
        const NO_SUCH_TABLE: u16 = 1146;
        const SIGNALLED: u16 = 1644;
        let cases = [
            ("SELEKT", SYNTAX),
            ("SELECT * FROM nowhere", NO_SUCH_TABLE),
            ("SIGNAL SQLSTATE '45000'", SIGNALLED),
        ];
        let run = at_once(30, |i| {
            let (query, code) = cases[i % 3];
            let mut connection = connect();
            match connection.query_drop(query).unwrap_err() {
                Error::MySqlError(error) => assert_eq!(error.code, code, "{error}"),
                error => panic!("{error:?}"),
            }
            sleep_and_tell(&mut connection, i)
        });
        assert!((0..30).eq(run.results));
    });
}

/// Answers that fill the buffers of the sockets.
#[test]
fn large_answers() {
    check(|| {
        let run = at_once(8, |i| {
            let query = "SELECT REPEAT(?, 1000) FROM seq_1_to_4000";
            let rows: Vec<String> = connect().exec(query, (i.to_string(),)).unwrap();
            let expected = i.to_string().repeat(1000);
            rows.len() == 4000 && rows.iter().all(|row| *row == expected)
        });
        assert_eq!(run.results, [true; 8]);
    });
}

#[test]
fn limits_are_kept() {
    check(|| {
        let impatient = options(&MariaDb::shared().url()).read_timeout(Some(ms(500)));
        let (line, silence) = (Deaf::to_calls(), Deaf::to_words());
        let far = options(&MariaDb::shared().url()).tcp_port(line.address().port());
        let far = far.tcp_connect_timeout(Some(ms(500)));
        let mute = impatient.clone().tcp_port(silence.address().port());
        // So many at once may be too many for greetings within the limit.
        let greeted = || loop {
            if let Ok(connection) = Conn::new(impatient.clone()) {
                return connection;
            }
        };
        let run = at_once(N, |i| {
            not_before(ms(500), || match i % 10 {
                0 => Conn::new(far.clone()).is_err(),
                1 => Conn::new(mute.clone()).is_err(),
                _ => greeted().query_drop("SELECT SLEEP(60)").is_err(),
            })
        });
        assert_eq!(run.like_the_slowest(ms(500)), [true; N]);
    });
}

#[test]
fn the_server_dies_in_the_middle_of_queries() {
    check(|| {
        let server = MariaDb::start();
        let options = options(&server.url());
        let server = Mutex::new(server);
        let query = || -> Result<()> { Conn::new(options.clone())?.query_drop("SELECT SLEEP(60)") };
        let run = at_once(51, |i| {
            if i < 50 {
                return query().is_err();
            }
            thread::sleep(Duration::from_millis(500));
            server.lock().unwrap().kill();
            query().is_err()
        });
        assert_eq!(run.results, [true; 51]);
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}
