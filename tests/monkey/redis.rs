//! redis, a client of Redis.

use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use eventlet_monkey_tests::{Deaf, Redis, at_once, check, check_without_the_patch, not_before};
use eventlet_tests::ms;
use redis::{Client, Commands, Connection, RedisResult, pipe};

const N: usize = 200;

fn connect() -> Connection {
    connect_to(&Redis::shared().url()).unwrap()
}

fn connect_to(url: &str) -> RedisResult<Connection> {
    Client::open(url)?.get_connection()
}

/// Waits for half a second until something is in a list, in which nothing is.
fn wait_for_nothing(connection: &mut Connection) -> bool {
    let nothing: Option<(String, String)> = connection.blpop("nothing", 0.5).unwrap();
    nothing.is_none()
}

#[test]
fn waits_at_once() {
    check(|| {
        Redis::shared();
        let run = at_once(N, |_| not_before(ms(500), || wait_for_nothing(&mut connect())));
        assert_eq!(run.like_the_slowest(ms(500)), [true; N]);
    });
}

#[test]
fn waits_at_once_at_unix_sockets() {
    check(|| {
        let url = Redis::shared().unix_url();
        let run = at_once(N, |_| wait_for_nothing(&mut connect_to(&url).unwrap()));
        assert_eq!(run.like_the_slowest(ms(500)), [true; N]);
    });
}

/// Half of the callers wait for what the other half gives them.
#[test]
fn items_go_to_those_who_wait() {
    check(|| {
        Redis::shared();
        let run = at_once(N, |i| {
            let mut connection = connect();
            let (request, answer) = (format!("request {}", i / 2), format!("answer {}", i / 2));
            if i % 2 == 0 {
                let () = connection.rpush(request, i).unwrap();
                let (_, doubled): (String, usize) = connection.blpop(answer, 0.0).unwrap();
                return doubled;
            }
            let (_, number): (String, usize) = connection.blpop(request, 0.0).unwrap();
            let () = connection.rpush(answer, 2 * number).unwrap();
            2 * (i - 1)
        });
        assert!((0..N).map(|i| 2 * (i - i % 2)).eq(run.results));
    });
}

#[test]
fn pipelines() {
    check(|| {
        let run = at_once(50, |i| {
            let mut pipeline = pipe();
            pipeline.atomic();
            for j in 0..100 {
                pipeline.incr("sum", 1).ignore().set(format!("{i}/{j}"), i * j).ignore();
                pipeline.get(format!("{i}/{j}"));
            }
            pipeline.query(&mut connect()).unwrap()
        });
        for (i, products) in run.results.iter().enumerate() {
            let products: &Vec<usize> = products;
            assert!((0..100).map(|j| i * j).eq(products.iter().copied()));
        }
        let sum: usize = connect().get("sum").unwrap();
        assert_eq!(sum, 5000);
    });
}

/// Values that fill the buffers of the sockets, both ways.
#[test]
fn large_values() {
    check(|| {
        let run = at_once(8, |i| {
            let (mut connection, value) = (connect(), vec![i as u8; 4 << 20]);
            let () = connection.set(format!("large {i}"), &value).unwrap();
            let read: Vec<u8> = connection.get(format!("large {i}")).unwrap();
            read == value
        });
        assert_eq!(run.results, [true; 8]);
    });
}

#[test]
fn subscribers_hear_everything() {
    const N_SUBSCRIBERS: usize = 100;
    check(|| {
        let run = at_once(N_SUBSCRIBERS + 1, |i| {
            let mut connection = connect();
            if i < N_SUBSCRIBERS {
                let mut subscriber = connection.as_pubsub();
                subscriber.subscribe("news").unwrap();
                let mut hear = || subscriber.get_message()?.get_payload();
                return [hear().unwrap(), hear().unwrap(), hear().unwrap()];
            }
            let is_complete = |connection: &mut Connection| {
                let counts: (String, usize) =
                    redis::cmd("PUBSUB").arg("NUMSUB").arg("news").query(connection).unwrap();
                counts.1 == N_SUBSCRIBERS
            };
            while !is_complete(&mut connection) {
                thread::sleep(ms(10));
            }
            [1, 2, 3].map(|told| {
                let n_hearing: usize = connection.publish("news", told).unwrap();
                assert_eq!(n_hearing, N_SUBSCRIBERS);
                thread::sleep(ms(50));
                told
            })
        });
        assert_eq!(run.results, [[1, 2, 3]; N_SUBSCRIBERS + 1]);
    });
}

#[test]
fn errors_leave_the_connection_usable() {
    check(|| {
        let () = connect().set("text", "text").unwrap();
        let run = at_once(50, |_| {
            let mut connection = connect();
            let error = connection.lpush::<_, _, ()>("text", 1).unwrap_err();
            assert_eq!(error.code(), Some("WRONGTYPE"), "{error}");
            connection.get::<_, String>("text").unwrap()
        });
        assert!(run.results.iter().all(|text| text == "text"));
    });
}

#[test]
fn limits_are_kept() {
    check(|| {
        Redis::shared();
        let deaf = Deaf::to_calls();
        let client = Client::open(format!("redis://{}/", deaf.address())).unwrap();
        let run = at_once(N, |i| {
            let error = not_before(ms(500), || {
                if i % 10 == 0 {
                    return client.get_connection_with_timeout(ms(500)).err().unwrap();
                }
                let mut connection = connect();
                connection.set_read_timeout(Some(ms(500))).unwrap();
                connection.blpop::<_, ()>("nothing", 0.0).unwrap_err()
            });
            error.is_timeout()
        });
        assert_eq!(run.like_the_slowest(ms(500)), [true; N]);
    });
}

#[test]
fn the_server_dies_while_many_wait_for_it() {
    check(|| {
        let redis = Redis::start();
        let url = redis.url();
        let redis = Mutex::new(redis);
        let wait = || connect_to(&url)?.blpop::<_, ()>("nothing", 0.0);
        let run = at_once(101, |i| {
            if i < 100 {
                return wait().is_err();
            }
            thread::sleep(Duration::from_millis(500));
            redis.lock().unwrap().kill();
            wait().is_err()
        });
        assert_eq!(run.results, [true; 101]);
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}
