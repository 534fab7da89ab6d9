//! Keys used anew, members that kill and post, pools that are dropped, and code of the user's that
//! comes back in the middle of it all.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};
use std::rc::Rc;
use std::time::Duration;

use eventlet::dagpool::{Cause, DAGPool};
use eventlet::{sleep, spawn};
use eventlet_tests::{Log, OnDrop, check, ms, yield_now};

type Pool = DAGPool<&'static str, i32>;

#[test]
fn who_asks_later_gets_the_new_value() {
    check(|| {
        let pool = Pool::new();
        let never = |_, _| {
            sleep(Duration::MAX);
            Ok(0)
        };
        pool.spawn("a", [], never).unwrap();
        pool.spawn("before", ["a"], |_, results| Ok(results.wait_all()?["a"])).unwrap();
        yield_now();
        assert!(pool.kill("a"));
        pool.spawn("a", [], |_, _| Ok(2)).unwrap();
        pool.spawn("after", ["a"], |_, results| Ok(results.wait_all()?["a"])).unwrap();
        let error = pool.get("before").unwrap_err();
        assert_eq!(error.path(), ["before", "a"]);
        assert!(matches!(error.cause(), Cause::Killed));
        assert_eq!(pool.get("after").unwrap(), 2);
        // What fell with it is not free: its green thread was not killed.
        assert!(pool.spawn("before", [], |_, _| Ok(1)).unwrap_err().is_collision());
    });
}

#[test]
fn a_killed_key_can_be_posted() {
    check(|| {
        let pool = Pool::new();
        pool.spawn("a", ["never"], |_, results| Ok(results.wait_all()?["never"])).unwrap();
        yield_now();
        assert!(pool.kill("a"));
        // Who asks now does not wait for what may never come.
        assert!(pool.get("a").is_err() && pool.wait_all().is_err());
        pool.post("a", 3).unwrap();
        assert_eq!(pool.wait_all().unwrap()["a"], 3);
        // What the killed one waited for is not known to the pool any more.
        assert_eq!(pool.known_keys(), ["a"]);
    });
}

#[test]
fn a_value_that_was_posted_survives_the_kill_of_its_green_thread() {
    check(|| {
        let pool = Pool::new();
        let theirs = pool.clone();
        pool.spawn("a", [], move |key, _| {
            theirs.post(key, 1)?;
            assert_eq!(theirs.post(key, 2).unwrap_err().into_value(), 2);
            theirs.post_or_replace(key, 3)?;
            sleep(Duration::MAX);
            Ok(4)
        })
        .unwrap();
        // Who was waiting has been given the first one.
        assert_eq!((pool.get("a").unwrap(), pool.get("a").unwrap()), (1, 3));
        assert_eq!((pool.running_keys(), pool.waiting()), (vec!["a"], 0));
        assert!(pool.post_or_replace("a", 5).is_err());
        assert!(pool.kill("a"));
        assert_eq!((pool.get("a").unwrap(), pool.running()), (3, 0));
        assert!(pool.spawn("a", [], |_, _| Ok(6)).unwrap_err().is_collision());
    });
}

/// A kill that is caught is none: what the function then returns counts.
#[test]
fn a_member_that_survives_its_kill_keeps_its_key() {
    check(|| {
        let pool = Pool::new();
        pool.spawn("a", [], |_, _| {
            let caught = std::panic::catch_unwind(|| sleep(Duration::MAX));
            drop(caught);
            sleep(Duration::ZERO);
            Ok(7)
        })
        .unwrap();
        yield_now();
        assert!(pool.kill("a"));
        assert_eq!(pool.get("a").unwrap(), 7);
        assert!(!pool.kill("a"));
    });
}

#[test]
fn members_can_kill_and_spawn_others() {
    check(|| {
        let pool = Pool::new();
        let theirs = pool.clone();
        pool.spawn("victim", ["never"], |_, results| Ok(results.wait_all()?["never"])).unwrap();
        pool.spawn("killer", [], move |_, _| {
            assert!(theirs.kill("victim"));
            theirs
                .spawn("victim", ["killer"], |_, results| Ok(results.wait_all()?["killer"] + 1))?;
            Ok(1)
        })
        .unwrap();
        assert_eq!(pool.get("killer").unwrap(), 1);
        assert_eq!(pool.get("victim").unwrap(), 2);
    });
}

#[test]
fn green_threads_go_on_when_the_pool_is_dropped() {
    check(|| {
        eventlet::debug::pause_clock();
        let log = Log::new();
        let pool = DAGPool::preload([("seed", Rc::new(log.on_drop("values dropped")))]);
        let theirs = log.clone();
        pool.spawn("late", ["middle", "seed"], move |_, results| {
            let values = results.wait_all()?;
            theirs.add("late");
            Ok(values["middle"].clone())
        })
        .unwrap();
        pool.spawn("middle", ["seed"], |_, results| {
            sleep(ms(10));
            Ok(results.wait_all()?["seed"].clone())
        })
        .unwrap();
        drop(pool);
        sleep(ms(20));
        assert_eq!(log.take(), "late values dropped");
    });
}

#[test]
fn wakes_are_in_the_order_of_waiting() {
    check(|| {
        let (log, pool) = (Log::new(), Pool::new());
        let waiting: Vec<_> = (0..4)
            .map(|number| {
                let (pool, log) = (pool.clone(), log.clone());
                if number % 2 == 0 {
                    spawn(move || log.add(number + pool.get("a").unwrap()))
                } else {
                    spawn(move || log.add(number + pool.wait(["a"]).unwrap()["a"]))
                }
            })
            .collect();
        yield_now();
        pool.post("a", 10).unwrap();
        waiting.into_iter().for_each(|waiting| waiting.wait().unwrap());
        assert_eq!(log.take(), "10 11 12 13");
    });
}

/// Those that depend get what was there when it came, also if it is replaced before they look.
#[test]
fn what_has_come_is_not_taken_back() {
    check(|| {
        let pool = Pool::preload([("a", 1)]);
        let get = |_, results: eventlet::dagpool::Results<_, i32>| Ok(results.wait_all()?["a"]);
        pool.spawn("early", ["a"], get).unwrap();
        pool.post_or_replace("a", 2).unwrap();
        pool.spawn("late", ["a"], get).unwrap();
        assert_eq!((pool.get("early").unwrap(), pool.get("late").unwrap()), (1, 2));
    });
}

#[test]
fn results_can_be_taken_elsewhere() {
    check(|| {
        let pool = Pool::preload([("a", 1)]);
        pool.spawn("b", ["a", "c"], |_, mut results| {
            assert_eq!((results.len(), results.next().unwrap()?), (2, ("a", 1)));
            let rest = spawn(move || results.wait_all());
            assert!(!rest.is_dead());
            Ok(rest.wait()??["c"])
        })
        .unwrap();
        yield_now();
        pool.post("c", 3).unwrap();
        assert_eq!(pool.get("b").unwrap(), 3);
    });
}

/// The pool that the code of keys and values comes back to.
type Meddled = DAGPool<Meddler, Meddler>;

thread_local! {
    static POOL: RefCell<Option<Meddled>> = const { RefCell::new(None) };
}

/// A key and value whose every trait uses the pool, and waits.
struct Meddler(u32);

fn meddle(number: u32) {
    let Some(pool) = POOL.with_borrow_mut(Option::take) else { return };
    let other = 1000 + number % 4;
    pool.try_get(Meddler(other));
    drop(pool.post_or_replace(Meddler(other), Meddler(number)));
    drop(pool.spawn(Meddler(2000 + number % 3), [Meddler(other)], |key, _| Ok(key)));
    pool.kill(Meddler(2000));
    assert!(pool.keys().len() + pool.waiting() < 2000);
    sleep(Duration::ZERO);
    POOL.set(Some(pool));
}

impl Clone for Meddler {
    fn clone(&self) -> Self {
        meddle(self.0);
        Meddler(self.0)
    }
}

impl PartialEq for Meddler {
    fn eq(&self, other: &Self) -> bool {
        meddle(self.0);
        self.0 == other.0
    }
}

impl Eq for Meddler {}

impl Hash for Meddler {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        meddle(self.0);
        // Many are alike, so that they are compared.
        (self.0 % 2).hash(hasher);
    }
}

impl Drop for Meddler {
    fn drop(&mut self) {
        meddle(self.0);
    }
}

impl std::fmt::Debug for Meddler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        meddle(self.0);
        self.0.fmt(f)
    }
}

#[test]
fn keys_and_values_may_use_the_pool_themselves() {
    check(|| {
        let pool = Meddled::new();
        POOL.set(Some(pool.clone()));
        for number in 0..20 {
            let needs = [Meddler(number / 2), Meddler(number + 1), Meddler(1000)];
            let spawned = pool.spawn(Meddler(number), needs, |key, results| {
                results.wait_all()?;
                Ok(key)
            });
            // Even ones needed each other before: 0 needs itself, and so on.
            let _refused = spawned.map_err(|error| error.to_string());
            drop(pool.post(Meddler(number), Meddler(number)));
            pool.try_get(Meddler(number));
            drop(pool.items());
        }
        drop(pool.post_or_replace(Meddler(20), Meddler(20)));
        assert!(pool.get(Meddler(19)).is_ok());
        drop(pool.waiting_for_all());
        pool.wait_each(pool.known_keys()).for_each(drop);
        POOL.take();
        while pool.running() > 0 {
            yield_now();
        }
    });
}

/// A member drops what it has captured before it has ended: its key is not free yet.
#[test]
fn destructors_of_members_may_use_the_pool() {
    check(|| {
        let (log, pool) = (Log::new(), Pool::new());
        for how in ["killed", "failed"] {
            let (theirs, noted) = (pool.clone(), log.clone());
            let asks = OnDrop(move || {
                let refused = theirs.spawn("a", [], |_, _| Ok(1)).is_err();
                noted.add(format!("{how}:{}:{refused}", theirs.running()));
            });
            pool.spawn("a", [], move |_, _| {
                let _asks = asks;
                Err("no luck".into())
            })
            .unwrap();
            assert!(how == "failed" || pool.kill("a"));
            assert!(pool.get("a").is_err());
        }
        assert_eq!(log.take(), "killed:1:true failed:1:true");
    });
}
