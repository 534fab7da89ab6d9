//! What spawning refuses, and that nothing is left of it.

use std::collections::HashSet;
use std::error::Error;

use eventlet::dagpool::{DAGPool, Results};
use eventlet_tests::{Log, check, yield_now};

type Pool = DAGPool<&'static str, usize>;

/// One more than the longest way to something without needs.
fn depth(
    _key: &'static str,
    results: Results<&'static str, usize>,
) -> Result<usize, Box<dyn Error>> {
    Ok(1 + results.wait_all()?.into_values().max().unwrap_or(0))
}

#[test]
fn what_needs_itself_is_refused() {
    check(|| {
        let pool = Pool::new();
        let error = pool.spawn("a", ["b", "a"], depth).unwrap_err();
        assert!(error.is_cycle() && !error.is_collision());
        assert_eq!(error.path(), ["a", "a"]);
        assert_eq!(error.to_string(), r#"a cycle: "a" needs "a""#);
        // Nothing is left of the attempt: neither of its key nor of what it needed.
        assert!(pool.known_keys().is_empty() && pool.running() == 0);
        assert!(pool.waiting_for("a").is_none() && pool.waiting_for("b").is_none());
        pool.spawn("a", [], depth).unwrap();
        assert_eq!(pool.get("a").unwrap(), 1);
    });
}

#[test]
fn the_last_one_of_a_cycle_is_refused_and_told_the_path() {
    check(|| {
        let pool = Pool::new();
        pool.spawn("c", ["d"], depth).unwrap();
        pool.spawn("a", ["x", "b"], depth).unwrap();
        pool.spawn("b", ["c"], depth).unwrap();
        let error = pool.spawn("d", ["y", "a"], depth).unwrap_err();
        assert_eq!(error.path(), ["d", "a", "b", "c", "d"]);
        let text = r#"a cycle: "d" needs "a", which needs "b", which needs "c", which needs "d""#;
        assert_eq!(error.to_string(), text);
        assert_eq!((error.key(), pool.running()), (&"d", 3));
        // Without the edge that closes it, it is as welcome as ever.
        pool.spawn("d", [], depth).unwrap();
        pool.post("x", 0).unwrap();
        assert_eq!(pool.get("a").unwrap(), 4);
    });
}

#[test]
fn a_refused_function_is_dropped_and_never_runs() {
    check(|| {
        let (log, pool) = (Log::new(), Pool::new());
        for needs in [vec!["a"], vec![]] {
            let noted = log.on_drop("dropped");
            let never = move |_, _: Results<_, _>| {
                drop(noted);
                unreachable!("it was refused")
            };
            pool.post_or_replace("taken", 1).unwrap();
            let key = if needs.is_empty() { "taken" } else { "a" };
            assert!(pool.spawn(key, needs, never).is_err());
            assert_eq!(log.take(), "dropped");
        }
        yield_now();
    });
}

#[test]
fn diamonds_are_no_cycles() {
    check(|| {
        let pool = Pool::new();
        pool.spawn("d", ["b", "c", "a"], depth).unwrap();
        pool.spawn("b", ["a"], depth).unwrap();
        pool.spawn("c", ["a", "b", "b"], depth).unwrap();
        pool.spawn("a", [], depth).unwrap();
        assert_eq!(pool.get("d").unwrap(), 4);
    });
}

/// What has ended, or does not wait any more, is no part of a cycle.
#[test]
fn only_those_that_wait_can_close_a_cycle() {
    check(|| {
        let pool = Pool::new();
        pool.spawn("early", ["late"], |_, results| {
            drop(results);
            eventlet::sleep(eventlet_tests::ms(1));
            Ok(7)
        })
        .unwrap();
        assert!(pool.spawn("late", ["early"], depth).unwrap_err().is_cycle());
        yield_now();
        pool.spawn("late", ["early"], depth).unwrap();
        assert_eq!(pool.get("late").unwrap(), 8);
    });
}

#[test]
fn a_killed_one_is_no_part_of_a_cycle() {
    check(|| {
        let pool = Pool::new();
        pool.spawn("a", ["b"], depth).unwrap();
        yield_now();
        assert!(pool.spawn("b", ["a"], depth).is_err());
        assert!(pool.kill("a"));
        // It needs what has been killed, and hears so.
        pool.spawn("b", ["a"], depth).unwrap();
        assert_eq!(pool.get("b").unwrap_err().path(), ["b", "a"]);
    });
}

#[test]
fn many_are_spawned_or_none() {
    check(|| {
        let pool = Pool::preload([("there", 0)]);
        for (graph, is_cycle) in [
            (vec![("a", vec![]), ("b", vec!["c"]), ("c", vec!["d"]), ("d", vec!["b"])], true),
            (vec![("a", vec!["there"]), ("b", vec!["b"])], true),
            (vec![("a", vec![]), ("b", vec![]), ("a", vec!["b"])], false),
            (vec![("a", vec![]), ("there", vec!["a"])], false),
        ] {
            let never = |_, _: Results<_, _>| unreachable!("none is spawned");
            let error = pool.spawn_many(graph, never).unwrap_err();
            assert_eq!(error.is_cycle(), is_cycle);
            yield_now();
            assert_eq!((pool.running(), pool.known_keys()), (0, vec!["there"]));
            assert!(pool.waiting_for("a").is_none());
        }
        pool.spawn_many([("b", vec!["a"]), ("a", vec!["there"])], depth).unwrap();
        assert_eq!(pool.wait_all().unwrap()["b"], 2);
    });
}

#[test]
fn a_cycle_may_go_through_the_new_ones_and_old_ones() {
    check(|| {
        let pool = Pool::new();
        pool.spawn("old", ["new"], depth).unwrap();
        let graph = [("other", vec![]), ("new", vec!["middle"]), ("middle", vec!["old"])];
        let error = pool.spawn_many(graph.clone(), depth).unwrap_err();
        let on_it: HashSet<_> = error.path().iter().copied().collect();
        assert_eq!(on_it, HashSet::from(["old", "new", "middle"]));
        assert_eq!((error.path().len(), error.path().first()), (4, error.path().last()));
        assert_eq!(pool.running_keys(), ["old"]);
        assert!(pool.kill("old"));
        pool.spawn_many(graph, depth).unwrap();
        // The killed one is not waited for.
        assert_eq!(pool.get("new").unwrap_err().path(), ["new", "middle", "old"]);
        assert_eq!(pool.get("other").unwrap(), 1);
    });
}

/// The place of the call is the member's place, for reports.
#[test]
fn members_know_where_they_were_spawned() {
    check(|| {
        let pool = DAGPool::<u32, (&str, u32)>::new();
        let here = || {
            let place = eventlet::current().spawned_at();
            Ok((place.file(), place.line()))
        };
        let line = line!();
        pool.spawn(1, [], move |_, _| here()).unwrap();
        pool.spawn_many([(2, []), (3, [])], move |_, _| here()).unwrap();
        assert_eq!(pool.get(1).unwrap(), (file!(), line + 1));
        assert_eq!(pool.get(3).unwrap(), (file!(), line + 2));
    });
}
