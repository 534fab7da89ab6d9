//! However a green thread of a pool ends, those that depend on it hear of it.

use std::error::Error;
use std::io;
use std::time::Duration;

use eventlet::dagpool::{Cause, DAGPool, Results};
use eventlet::{Timeout, sleep, spawn, with_timeout};
use eventlet_tests::{check, ms, panic_of, yield_now};

type Pool = DAGPool<&'static str, i32>;

/// A pool in which "top" needs "middle", which needs "bottom".
fn tower(
    bottom: impl FnOnce(&'static str, Results<&'static str, i32>) -> Result<i32, Box<dyn Error>>
    + 'static,
) -> Pool {
    let pool = Pool::new();
    pool.spawn("top", ["middle"], |_, results| Ok(results.wait_all()?["middle"])).unwrap();
    pool.spawn("middle", ["bottom"], |_, results| Ok(results.wait_all()?["bottom"])).unwrap();
    pool.spawn("bottom", [], bottom).unwrap();
    pool
}

/// What "top" failed with, which must have come from "bottom"; and what that says in words.
fn assert_failed(pool: &Pool, text: &str, is_it: impl Fn(&Cause) -> bool) {
    let error = pool.get("top").unwrap_err();
    assert_eq!((error.key(), error.path()), (&"bottom", &["top", "middle", "bottom"][..]));
    assert!(is_it(error.cause()), "{error}");
    let start = r#""top" needs "middle", which needs "bottom", which "#;
    assert_eq!(error.to_string().strip_prefix(start), Some(text));
    assert_eq!(pool.get("bottom").unwrap_err().path(), ["bottom"]);
    assert_eq!(pool.running(), 0);
}

#[test]
fn an_error() {
    check(|| {
        let pool = tower(|_, _| Err(io::Error::from(io::ErrorKind::AddrInUse).into()));
        assert_failed(&pool, "failed: address in use", |cause| match cause {
            Cause::Error(error) => {
                let error = error.downcast_ref::<io::Error>().unwrap();
                error.kind() == io::ErrorKind::AddrInUse
            }
            _ => false,
        });
    });
}

/// The text tells the error itself, so `source` goes on with what is behind it.
#[test]
fn what_is_behind_an_error_is_kept() {
    check(|| {
        let pool = tower(|_, _| Err(io::Error::other(io::Error::other("inner")).into()));
        let error = pool.get("top").unwrap_err();
        let behind = error.source().map(ToString::to_string);
        let Cause::Error(cause) = error.cause() else { panic!("{error}") };
        assert_eq!(behind, cause.source().map(ToString::to_string));
    });
}

#[test]
fn a_panic() {
    check(|| {
        let pool = tower(|_, _| panic!("out of {}", "luck"));
        assert_failed(
            &pool,
            "panicked: out of luck",
            |cause| matches!(cause, Cause::Panicked(text) if text == "out of luck"),
        );
    });
}

#[test]
fn a_kill_by_the_pool() {
    check(|| {
        let pool = tower(|_, _| {
            sleep(Duration::MAX);
            Ok(1)
        });
        yield_now();
        assert!(pool.kill("bottom"));
        assert_failed(&pool, "was killed", |cause| matches!(cause, Cause::Killed));
    });
}

#[test]
fn a_kill_before_it_began() {
    check(|| {
        let pool = tower(|_, _| unreachable!("it was killed before"));
        assert!(pool.kill("bottom"));
        assert_failed(&pool, "was killed", |cause| matches!(cause, Cause::Killed));
    });
}

#[test]
fn a_kill_of_itself() {
    check(|| {
        let pool = tower(|_, _| {
            eventlet::current().kill();
            Ok(1)
        });
        assert_failed(&pool, "was killed", |cause| matches!(cause, Cause::Killed));
    });
}

#[test]
fn a_timeout() {
    check(|| {
        eventlet::debug::pause_clock();
        let pool = tower(|_, _| {
            let _limit = Timeout::new(ms(10));
            sleep(Duration::MAX);
            Ok(1)
        });
        assert_failed(&pool, "was ended by a timeout", |cause| matches!(cause, Cause::TimedOut));
    });
}

/// A limit that the green thread handles itself is an error like others.
#[test]
fn a_timeout_of_its_own() {
    check(|| {
        eventlet::debug::pause_clock();
        let pool = tower(|_, _| {
            with_timeout(ms(10), || sleep(Duration::MAX))?;
            Ok(1)
        });
        assert_failed(
            &pool,
            "failed: timed out after 10ms",
            |cause| matches!(cause, Cause::Error(error) if error.is::<eventlet::TimedOut>()),
        );
    });
}

/// Who does not pass an error on has failed by itself, if it fails.
#[test]
fn another_error_begins_another_path() {
    check(|| {
        let pool = tower(|_, _| Err("no luck".into()));
        pool.spawn("side", ["bottom"], |_, mut results| {
            let error = results.next().unwrap().unwrap_err();
            Err(format!("instead of {:?}: {error}", error.key()).into())
        })
        .unwrap();
        pool.spawn("brave", ["bottom"], |_, results| {
            Ok(results.filter(Result::is_err).count() as i32)
        })
        .unwrap();
        let error = pool.get("side").unwrap_err();
        assert_eq!(error.path(), ["side"]);
        let text = r#""side" failed: instead of "bottom": "bottom" failed: no luck"#;
        assert_eq!(error.to_string(), text);
        assert_eq!(pool.get("brave").unwrap(), 1);
        assert_eq!(pool.get("top").unwrap_err().key(), &"bottom");
    });
}

#[test]
fn a_failure_can_be_posted_with_its_path() {
    check(|| {
        let (here, there) = (tower(|_, _| Err("no luck".into())), Pool::new());
        there.post_error("outside", here.get("middle").unwrap_err()).unwrap();
        let error = there.get("outside").unwrap_err();
        assert_eq!(error.path(), ["outside", "middle", "bottom"]);
        let refused = there.post_error("outside", "again").unwrap_err();
        assert_eq!(refused.into_value().to_string(), "again");
        there.post_or_replace("outside", 5).unwrap();
        assert_eq!(there.get("outside").unwrap(), 5);
        assert_eq!(error.key(), &"bottom");
    });
}

#[test]
fn the_rest_is_done_all_the_same() {
    check(|| {
        let pool = tower(|_, _| Err("no luck".into()));
        pool.spawn("other", [], |_, _| Ok(1)).unwrap();
        pool.spawn("another", ["other"], |_, results| Ok(results.wait_all()?["other"] + 1))
            .unwrap();
        let successes: Vec<_> = pool.wait_each_success(pool.known_keys()).collect();
        assert_eq!(successes, [("other", 1), ("another", 2)]);
        let errors: Vec<_> = pool.wait_each_error(pool.known_keys()).map(|(key, _)| key).collect();
        assert_eq!(errors, ["bottom", "middle", "top"]);
    });
}

/// A wait for all ends with the first failure, whoever else is still at work.
#[test]
fn one_failure_is_enough_for_a_wait() {
    check(|| {
        eventlet::debug::pause_clock();
        let pool = tower(|_, _| Err("no luck".into()));
        pool.spawn("slow", [], |_, _| {
            sleep(ms(100));
            Ok(1)
        })
        .unwrap();
        let before = eventlet::debug::now();
        assert_eq!(pool.wait_all().unwrap_err().path(), ["bottom"]);
        assert_eq!(eventlet::debug::now(), before);
        assert_eq!(pool.get("slow").unwrap(), 1);
    });
}

#[test]
fn a_green_thread_cannot_wait_for_its_own_key() {
    check(|| {
        let text = "a green thread of a DAGPool cannot wait for its own key";
        let pool = Pool::new();
        let (one, other) = (pool.clone(), pool.clone());
        pool.spawn("one", [], move |_, _| Ok(panic_of(|| one.get("one")).len() as i32)).unwrap();
        pool.spawn("all", [], move |_, _| Ok(panic_of(|| other.wait_all()).len() as i32)).unwrap();
        assert_eq!(pool.get("one").unwrap(), text.len() as i32);
        assert_eq!(pool.get("all").unwrap(), text.len() as i32);
    });
}

#[test]
fn an_error_says_the_ends_of_a_long_path() {
    check(|| {
        let pool = DAGPool::<u32, ()>::new();
        pool.post_error(0, "no luck").unwrap();
        pool.spawn_many((1..20).map(|key| (key, [key - 1])), |_, results| {
            results.wait_all()?;
            Ok(())
        })
        .unwrap();
        let text = pool.get(19).unwrap_err().to_string();
        assert_eq!(
            text,
            "19 needs 18, which needs 17, which needs 16, which needs 12 others in turn, which \
             needs 3, which needs 2, which needs 1, which needs 0, which failed: no luck"
        );
        let short = pool.get(7).unwrap_err().to_string();
        assert!(
            short.contains("7 needs 6, which needs 5, which needs 4, which needs 3"),
            "{short}"
        );
        pool.wait_each_error(pool.known_keys()).for_each(drop);
    });
}

/// The wait of a caller that is killed or times out leaves nothing, and others get theirs.
#[test]
fn waits_that_are_given_up() {
    check(|| {
        eventlet::debug::pause_clock();
        let pool = Pool::new();
        assert!(pool.get_timeout("a", ms(5)).is_none());
        assert!(pool.wait_timeout(["a", "b"], ms(5)).is_none());
        assert!(with_timeout(ms(5), || pool.wait_each(["a"]).next()).is_err());
        let others = pool.clone();
        let killed = spawn(move || others.get("a"));
        yield_now();
        killed.kill();
        assert!(pool.known_keys().is_empty());

        let others = pool.clone();
        let waiting = spawn(move || others.get("a").unwrap());
        yield_now();
        pool.post("a", 1).unwrap();
        assert_eq!(waiting.wait().unwrap(), 1);
        assert_eq!(pool.get_timeout("a", Duration::ZERO).unwrap().unwrap(), 1);
    });
}
