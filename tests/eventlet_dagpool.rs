//! What Eventlet's own tests of `dagpool` assert: waiting, spawning, posting and killing.

use std::cell::Cell;
use std::collections::HashSet;
use std::error::Error;
use std::rc::Rc;

use eventlet::dagpool::{Cause, DAGPool, Results};
use eventlet::{Event, spawn};
use eventlet_tests::{Log, check, panic_of, yield_now};

type Pool = DAGPool<char, String>;
type Returned = Result<String, Box<dyn Error>>;

/// Runs `f`, which must not let anyone else run.
fn without_suspending<R>(f: impl FnOnce() -> R) -> R {
    let has_run = Rc::new(Cell::new(false));
    let flag = has_run.clone();
    let other = spawn(move || flag.set(true));
    let result = f();
    assert!(!has_run.get(), "someone else has run");
    other.wait().unwrap();
    result
}

/// Lets all run until they wait.
fn spin() {
    (0..10).for_each(|_| yield_now());
}

fn set(keys: &str) -> HashSet<char> {
    keys.chars().collect()
}

/// Preloads each letter with itself, so that `a` has the value "a".
fn preloaded(keys: &str) -> Pool {
    DAGPool::preload(keys.chars().map(|key| (key, key.to_string())))
}

/// Notes what comes, and returns what the event is sent.
fn observe(
    log: &Log,
    event: &Event<String>,
) -> impl FnOnce(char, Results<char, String>) -> Returned + 'static {
    let (log, event) = (log.clone(), event.clone());
    move |key, results| {
        for result in results {
            log.add(format!("{key}<{}", result?.0));
        }
        let value = event.wait()?;
        log.add(format!("{key}={value}"));
        Ok(value)
    }
}

#[test]
fn check_no_suspend() {
    check(|| {
        without_suspending(|| ());
        let text = panic_of(|| without_suspending(yield_now));
        assert_eq!(text, "someone else has run");
    });
}

#[test]
fn init() {
    check(|| {
        assert!(without_suspending(|| Pool::new().wait_all()).unwrap().is_empty());
        let pool = preloaded("abc");
        let values = without_suspending(|| pool.wait_all()).unwrap();
        assert_eq!(values.keys().copied().collect::<HashSet<_>>(), set("abc"));
        assert!(values.iter().all(|(key, value)| *value == key.to_string()));
    });
}

#[test]
fn wait_each_empty() {
    check(|| {
        let pool = Pool::new();
        assert_eq!(without_suspending(|| pool.wait_each([]).count()), 0);
    });
}

#[test]
fn wait_each_preload() {
    check(|| {
        let pool = preloaded("abc");
        without_suspending(|| {
            let keys: Vec<_> = pool.wait_each("cab".chars()).map(|(key, _)| key).collect();
            // In the order in which they came there, whatever one asks for.
            assert_eq!(keys, ['a', 'b', 'c']);
            let values = pool.wait("bc".chars()).unwrap();
            assert_eq!((values.len(), &*values[&'b'], &*values[&'c']), (2, "b", "c"));
        });
    });
}

fn post_each(pool: &Pool, log: &Log) {
    yield_now();
    for pair in ["gf", "ed"] {
        log.add("|");
        pair.chars().for_each(|key| pool.post(key, key.to_string()).unwrap());
        yield_now();
    }
}

#[test]
fn wait_each_posted() {
    check(|| {
        let (log, pool) = (Log::new(), preloaded("abc"));
        let (theirs, others) = (log.clone(), pool.clone());
        let posting = spawn(move || post_each(&others, &theirs));
        for (key, value) in pool.wait_each("bcdefg".chars()) {
            assert_eq!(key.to_string(), value.unwrap());
            log.add(key);
        }
        assert_eq!(log.take(), "b c | g f | e d");
        posting.wait().unwrap();
    });
}

#[test]
fn wait_posted() {
    check(|| {
        let (log, pool) = (Log::new(), preloaded("abc"));
        let (theirs, others) = (log.clone(), pool.clone());
        let posting = spawn(move || post_each(&others, &theirs));
        let values = pool.wait("bcdefg".chars()).unwrap();
        log.add("all");
        assert_eq!(values.keys().copied().collect::<HashSet<_>>(), set("bcdefg"));
        assert_eq!(log.take(), "| | all");
        posting.wait().unwrap();
    });
}

fn assert_taken(pool: &Pool, key: char) {
    let error = pool.spawn(key, [], |_, _| panic!("it must not run")).unwrap_err();
    assert!(error.is_collision() && !error.is_cycle());
    assert_eq!(*error.key(), key);
}

#[test]
fn spawn_collision_preload() {
    check(|| assert_taken(&preloaded("a"), 'a'));
}

#[test]
fn spawn_collision_post() {
    check(|| {
        let pool = Pool::new();
        pool.post('a', "posted".into()).unwrap();
        assert_taken(&pool, 'a');
    });
}

#[test]
fn spawn_collision_spawn() {
    check(|| {
        let pool = Pool::new();
        pool.spawn('a', [], |_, _| Ok("made".into())).unwrap();
        assert!(pool.try_get('a').is_none());
        assert_taken(&pool, 'a');
        yield_now();
        assert_eq!(pool.try_get('a').unwrap().unwrap(), "made");
        assert_taken(&pool, 'a');
    });
}

#[test]
fn spawn_multiple() {
    check(|| {
        let (log, pool) = (Log::new(), preloaded("abc"));
        let events: Vec<_> = "defgh".chars().map(|key| (key, Event::new())).collect();
        let event = |key| &events.iter().find(|(other, _)| *other == key).unwrap().1;
        let send = |keys: &str| {
            keys.chars().for_each(|key| event(key).send(key.to_string()));
            spin();
            log.take()
        };
        "defg".chars().for_each(|key| pool.spawn(key, [], observe(&log, event(key))).unwrap());
        event('h').send("h".into());
        pool.spawn('h', "bcdefg".chars(), observe(&log, event('h'))).unwrap();

        spin();
        assert_eq!(log.take(), "h<b h<c");
        assert!("defgh".chars().all(|key| pool.try_get(key).is_none()));
        assert_eq!((pool.keys(), pool.items().len()), (vec!['a', 'b', 'c'], 3));
        assert_eq!((pool.running(), pool.running_keys()), (5, "defgh".chars().collect()));
        assert_eq!((pool.waiting(), pool.waiting_for_all().len()), (1, 1));
        assert_eq!(pool.waiting_for_all()[&'h'], set("defg"));
        assert_eq!(pool.waiting_for('d'), Some(set("")));
        assert_eq!(pool.waiting_for('c'), Some(set("")));
        assert_eq!(pool.waiting_for('j'), None);
        assert_eq!(pool.waiting_for('h'), Some(set("defg")));

        assert_eq!(send("f"), "f=f h<f");
        assert_eq!(pool.keys(), ['a', 'b', 'c', 'f']);
        assert_eq!(pool.running_keys(), ['d', 'e', 'g', 'h']);
        assert_eq!((pool.waiting(), pool.waiting_for('h')), (1, Some(set("deg"))));

        assert_eq!(send("eg"), "e=e g=g h<e h<g");
        assert_eq!(pool.keys(), ['a', 'b', 'c', 'f', 'e', 'g']);
        assert_eq!(pool.running_keys(), ['d', 'h']);
        assert_eq!((pool.waiting(), pool.waiting_for('h')), (1, Some(set("d"))));

        assert_eq!(send("d"), "d=d h<d h=h");
        assert_eq!(pool.keys(), ['a', 'b', 'c', 'f', 'e', 'g', 'd', 'h']);
        assert_eq!((pool.running(), pool.running_keys()), (0, vec![]));
        assert_eq!((pool.waiting(), pool.waiting_for('h')), (0, Some(set(""))));
    });
}

#[test]
fn spawn_many() {
    check(|| {
        let graph = [('e', "cd"), ('d', "bc"), ('c', "a"), ('b', "a"), ('a', "")];
        let (log, pool) = (Log::new(), Pool::new());
        let (theirs, others) = (log.clone(), pool.clone());
        let graph = graph.map(|(key, needs)| (key, needs.chars()));
        pool.spawn_many(graph, move |key, results| {
            results.wait_all()?;
            theirs.add(key);
            // What it returns later is dropped.
            others.post(key, key.to_string())?;
            spin();
            Ok("too late".into())
        })
        .unwrap();
        pool.wait_all().unwrap();
        log.add("all");
        // Woken in the order in which they began to wait.
        assert_eq!(log.take(), "a c b d e all");
        while pool.running() > 0 {
            yield_now();
        }
        assert_eq!(pool.get('e').unwrap(), "e");
    });
}

#[test]
fn wait_each_all() {
    check(|| {
        let (log, pool) = (Log::new(), preloaded("a"));
        let chain: Vec<_> = "bcde".chars().zip("abcd".chars()).collect();
        let events: Vec<_> = chain.iter().map(|_| Event::new()).collect();
        for (&(key, needs), event) in chain.iter().zip(&events) {
            pool.spawn(key, [needs], observe(&log, event)).unwrap();
        }
        let mut each = pool.wait_each(pool.known_keys());
        for (index, key) in "abcde".chars().enumerate() {
            assert_eq!(each.next().unwrap().0, key);
            spin();
            let is_there = |key: char| pool.try_get(key).is_some();
            assert!("abcde".chars().take(index + 1).all(is_there));
            assert!(!"abcde".chars().skip(index + 1).any(is_there));
            if let Some(event) = events.get(index) {
                event.send("sent".into());
            }
        }
        assert!(each.next().is_none());
    });
}

/// What was killed has failed, until its key is used anew.
#[test]
fn kill() {
    check(|| {
        let pool = Pool::new();
        assert!(!pool.kill('a'));
        pool.spawn('a', [], |_, _| panic!("it must not run")).unwrap();
        assert!(pool.kill('a'));
        spin();
        assert!(matches!(pool.try_get('a').unwrap().unwrap_err().cause(), Cause::Killed));
        assert!(!pool.kill('a'));
        pool.spawn('a', [], |_, _| Ok("second".into())).unwrap();
        assert!(pool.try_get('a').is_none());
        spin();
        assert!(!pool.kill('a'));
        assert_eq!(pool.try_get('a').unwrap().unwrap(), "second");
    });
}
