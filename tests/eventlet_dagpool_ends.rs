//! What Eventlet's own tests of `dagpool` assert: posting, replacing, and how errors travel.

use std::error::Error;
use std::fmt;

use eventlet::dagpool::{Cause, DAGPool, PropagateError, Results};
use eventlet::spawn;
use eventlet_tests::{Log, check, yield_now};

type Pool = DAGPool<&'static str, i32>;
type Returned = Result<i32, Box<dyn Error>>;

#[derive(Debug)]
struct Bogus(&'static str);

impl fmt::Display for Bogus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Bogus {}

fn raiser(_key: &'static str, _results: Results<&'static str, i32>) -> Returned {
    Err(Bogus("bogus").into())
}

fn consumer(_key: &'static str, results: Results<&'static str, i32>) -> Returned {
    for result in results {
        result?;
    }
    Ok(1)
}

/// The error of the green thread where it began.
fn is_bogus(error: &PropagateError<&'static str>) -> bool {
    matches!(error.cause(), Cause::Error(error) if error.is::<Bogus>())
}

#[test]
fn post_collision_preload() {
    check(|| {
        let pool = Pool::preload([("a", 1)]);
        assert_eq!(pool.post("a", 2).unwrap_err().into_value(), 2);
        assert_eq!(pool.get("a").unwrap(), 1);
    });
}

#[test]
fn post_collision_post() {
    check(|| {
        let pool = Pool::new();
        pool.post("a", 1).unwrap();
        let collision = pool.post("a", 2).unwrap_err();
        assert_eq!((*collision.key(), collision.into_value()), ("a", 2));
        assert_eq!(pool.get("a").unwrap(), 1);
    });
}

#[test]
fn post_collision_spawn() {
    check(|| {
        let pool = Pool::new();
        pool.spawn("a", [], |_, _| Ok(1)).unwrap();
        assert_eq!(pool.post("a", 2).unwrap_err().into_value(), 2);
        assert!(pool.kill("a"));
        pool.post("a", 3).unwrap();
        assert_eq!(pool.get("a").unwrap(), 3);

        let pool = Pool::new();
        pool.spawn("a", [], |_, _| Ok(4)).unwrap();
        yield_now();
        assert_eq!(pool.post("a", 5).unwrap_err().into_value(), 5);
        assert!(!pool.kill("a"));
        assert_eq!(pool.post("a", 6).unwrap_err().into_value(), 6);
        assert_eq!(pool.get("a").unwrap(), 4);
    });
}

#[test]
fn post_replace() {
    check(|| {
        let pool = Pool::new();
        pool.post("a", 1).unwrap();
        pool.post_or_replace("a", 2).unwrap();
        assert_eq!(pool.try_get("a").unwrap().unwrap(), 2);
        let each: Vec<_> =
            pool.wait_each(["a"]).map(|(key, value)| (key, value.unwrap())).collect();
        assert_eq!(each, [("a", 2)]);
        assert_eq!(pool.wait(["a"]).unwrap()["a"], 2);
        assert_eq!(pool.get("a").unwrap(), 2);
    });
}

#[test]
fn getitem() {
    check(|| {
        let (log, pool) = (Log::new(), Pool::new());
        let (theirs, others) = (log.clone(), pool.clone());
        let waiting = spawn(move || theirs.add(others.get("a").unwrap()));
        yield_now();
        assert_eq!(log.take(), "");
        pool.spawn("a", [], |_, _| Ok(1)).unwrap();
        assert_eq!(log.take(), "");
        waiting.wait().unwrap();
        assert_eq!(log.take(), "1");
    });
}

#[test]
fn waitall_exc() {
    check(|| {
        let pool = Pool::new();
        pool.spawn("a", [], raiser).unwrap();
        let error = pool.wait_all().unwrap_err();
        assert_eq!(error.path(), ["a"]);
        assert!(is_bogus(&error));
        assert_eq!(error.to_string(), r#""a" failed: bogus"#);
    });
}

/// What is a chain of wrapped errors in Eventlet is a path and a cause.
#[test]
fn propagate_exc() {
    check(|| {
        let pool = Pool::new();
        pool.spawn("a", [], raiser).unwrap();
        pool.spawn("b", ["a"], consumer).unwrap();
        pool.spawn("c", ["b"], consumer).unwrap();
        let error = pool.get("c").unwrap_err();
        assert_eq!((error.key(), error.path()), (&"a", &["c", "b", "a"][..]));
        assert!(is_bogus(&error));
        let text = r#""c" needs "b", which needs "a", which failed: bogus"#;
        assert_eq!(error.to_string(), text);
    });
}

#[test]
fn wait_each_exc() {
    check(|| {
        let pool = Pool::new();
        pool.spawn("a", [], raiser).unwrap();
        for keys in [vec!["a"], pool.known_keys()] {
            let each: Vec<_> = pool.wait_each(keys).collect();
            assert!(matches!(&each[..], [("a", Err(error))] if is_bogus(error)));
        }
    });
}

/// A value that is an error is a value; a failure that was posted is one for all who ask.
#[test]
fn post_get_exc() {
    check(|| {
        let pool = DAGPool::<&str, Result<(), &str>>::new();
        pool.post("a", Err("bogus a")).unwrap();
        assert_eq!(pool.get("a").unwrap(), Err("bogus a"));
        pool.post_error("b", Bogus("bogus b")).unwrap();
        assert!(is_bogus(&pool.try_get("b").unwrap().unwrap_err()));

        let items: Vec<_> = pool.items().into_iter().map(|(key, end)| (key, end.is_ok())).collect();
        assert_eq!(items, [("a", true), ("b", false)]);
        assert!(is_bogus(&pool.wait_all().unwrap_err()));
        assert!(is_bogus(&pool.wait(["b"]).unwrap_err()));
        assert!(is_bogus(&pool.wait(["a", "b"]).unwrap_err()));
        assert_eq!(pool.wait(["a"]).unwrap()["a"], Err("bogus a"));
        assert_eq!(pool.wait_each(pool.known_keys()).filter(|(_, end)| end.is_err()).count(), 1);

        for (asked, successes, errors) in
            [(vec!["a", "b"], 1, 1), (vec!["a"], 1, 0), (vec!["b"], 0, 1)]
        {
            let found: Vec<_> = pool.wait_each_success(asked.clone()).collect();
            assert_eq!(found, [("a", Err("bogus a"))][..successes]);
            let found: Vec<_> = pool.wait_each_error(asked).collect();
            assert_eq!(found.len(), errors);
            assert!(found.iter().all(|(key, error)| *key == "b" && is_bogus(error)));
        }
    });
}
