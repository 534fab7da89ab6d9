//! r2d2, a pool of connections, which has OS threads of its own and parking_lot's locks.

use std::time::Duration;

use eventlet_monkey_tests::{Postgres, at_once, check, check_without_the_patch, not_before};
use eventlet_tests::ms;
use postgres::{Client, Error, NoTls};
use r2d2::{ManageConnection, Pool};

/// Connects to the server that all tests share.
struct Manager;

impl ManageConnection for Manager {
    type Connection = Client;
    type Error = Error;

    fn connect(&self) -> Result<Client, Error> {
        Client::connect(&Postgres::shared().url(), NoTls)
    }

    fn is_valid(&self, client: &mut Client) -> Result<(), Error> {
        client.batch_execute("")
    }

    fn has_broken(&self, client: &mut Client) -> bool {
        client.is_closed()
    }
}

fn pool(max_size: u32) -> Pool<Manager> {
    Postgres::shared();
    let limit = Duration::from_secs(20);
    Pool::builder().max_size(max_size).connection_timeout(limit).build(Manager).unwrap()
}

/// Drops a pool. Its own OS threads may still have a part in it, and be the last who drop connections.
fn end(pool: Pool<Manager>) {
    drop(pool);
    while eventlet::hubs::get_hub().stats().descriptors > 0 {
        eventlet::sleep(ms(1));
    }
}

/// Two hundred callers for twenty connections: ten rounds, each as long as one call.
#[test]
fn connections_are_shared() {
    check(|| {
        let pool = pool(20);
        let run = at_once(200, |i| {
            let mut client = pool.get().unwrap();
            let row = client.query_one("SELECT $1::int8, pg_sleep(0.2)", &[&(i as i64)]).unwrap();
            row.get::<_, i64>(0) as usize
        });
        assert!(run.elapsed >= ms(2000), "{:?}", run.elapsed);
        assert!((0..200).eq(run.like_the_slowest(ms(200))));
        assert_eq!(pool.state().connections, pool.state().idle_connections);
        end(pool);
    });
}

#[test]
fn waiting_for_a_connection_ends() {
    check(|| {
        let pool = pool(1);
        let held = pool.get().unwrap();
        let run = at_once(100, |_| not_before(ms(500), || pool.get_timeout(ms(500)).is_err()));
        assert_eq!(run.like_the_slowest(ms(500)), [true; 100]);
        drop(held);
        assert!(pool.get().is_ok());
        end(pool);
    });
}

/// Connections that break are replaced.
#[test]
fn broken_connections_are_replaced() {
    check(|| {
        let pool = pool(10);
        let run = at_once(50, |i| {
            let mut client = pool.get().unwrap();
            let end = "SELECT pg_terminate_backend(pg_backend_pid())";
            if i % 2 == 0 {
                client.batch_execute(end).is_err()
            } else {
                client.batch_execute("SELECT pg_sleep(0.05)").is_ok()
            }
        });
        assert_eq!(run.results, [true; 50]);
        end(pool);
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}
