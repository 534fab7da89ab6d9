//! Maps over many items: order, laziness, bounds, and what goes wrong.

use std::cell::Cell;
use std::rc::Rc;

use eventlet::debug::pause_clock;
use eventlet::{GreenPool, current, sleep, spawn, with_timeout};
use eventlet_tests::{Log, check, ms, panic_of, yield_now};

#[test]
fn nothing_starts_before_the_first_result_is_asked_for() {
    check(|| {
        let (pool, log) = (GreenPool::new(2), Log::new());
        let (pulled, called) = (log.clone(), log.clone());
        let items = (0..3).inspect(move |n| pulled.add(format!("pull {n}")));
        let mut map = pool.imap(move |n| called.add(format!("call {n}")), items);
        yield_now();
        assert_eq!(log.take(), "");
        map.next().unwrap().unwrap();
        assert_eq!(log.take(), "pull 0 pull 1 pull 2 call 0 call 1");
        assert_eq!(map.count(), 2);
    });
}

#[test]
fn calls_count_against_the_very_pool() {
    check(|| {
        pause_clock();
        let (pool, most) = (GreenPool::new(3), Rc::new(Cell::new(0)));
        let member = pool.spawn(|| sleep(ms(1000)));
        let (inner, seen) = (pool.clone(), most.clone());
        let work = move |n: u64| {
            seen.set(inner.running().max(seen.get()));
            sleep(ms(n % 3));
            n
        };
        let results: Vec<_> = pool.imap(work, 0..20).map(Result::unwrap).collect();
        assert_eq!(results, Vec::from_iter(0..20));
        assert_eq!((most.get(), pool.running(), pool.waiting()), (3, 1, 0));
        member.kill();
    });
}

#[test]
fn others_are_started_while_the_first_is_not_ready() {
    check(|| {
        pause_clock();
        let (pool, log) = (GreenPool::new(2), Log::new());
        let noted = log.clone();
        let work = move |n: u64| {
            sleep(ms(if n == 0 { 100 } else { 10 }));
            noted.add(n);
            n
        };
        let mut map = pool.imap(work, 0..20);
        assert_eq!(map.next().unwrap().unwrap(), 0);
        // As many as the bound allows: three behind the first.
        assert_eq!(log.take(), "1 2 3 0");
        assert_eq!(map.map(Result::unwrap).sum::<u64>(), 190);
    });
}

#[test]
fn input_may_borrow_and_its_panic_reaches_the_consumer() {
    check(|| {
        let (pool, words) = (GreenPool::new(2), [String::from("a"), String::from("bc")]);
        let lengths = pool.imap(|word: String| word.len(), words.iter().cloned());
        assert_eq!(lengths.map(Result::unwrap).collect::<Vec<_>>(), [1, 2]);

        let mut n = 0;
        let items = std::iter::from_fn(|| {
            n += 1;
            assert!(n != 2, "no second item");
            (n < 4).then_some(n)
        });
        let mut map = pool.imap(|n| n, items);
        assert_eq!(panic_of(|| map.next()), "no second item");
        // It can go on, and the slot of what was not started is free.
        assert_eq!(map.map(Result::unwrap).collect::<Vec<_>>(), [1, 3]);
        assert_eq!(pool.free(), 2);
    });
}

#[test]
fn lengths_are_told_right() {
    check(|| {
        let pool = GreenPool::new(2);
        let mut map = pool.imap(|n| n, 0..5);
        for left in (0..5).rev() {
            assert_eq!(map.size_hint(), (left + 1, Some(left + 1)));
            map.next().unwrap().unwrap();
        }
        assert_eq!(map.size_hint(), (0, Some(0)));
        assert!(map.next().is_none() && map.next().is_none());
        let endless = pool.imap_unordered(|n: u32| n, 0..);
        assert_eq!(endless.size_hint(), (usize::MAX, None));
    });
}

#[test]
fn member_of_a_full_pool_maps_inline() {
    check(|| {
        let pool = GreenPool::new(1);
        let inner = pool.clone();
        let outer = pool.spawn(move || {
            let id = current().id();
            let work = move |n| {
                assert!(n != 1, "on purpose");
                (n, current().id() == id)
            };
            let ordered: Vec<_> = inner.imap(work, 0..3).map(Result::ok).collect();
            let unordered: Vec<_> = inner.imap_unordered(work, 0..3).map(Result::ok).collect();
            assert_eq!(ordered, unordered);
            ordered
        });
        assert_eq!(outer.wait().unwrap(), [Some((0, true)), None, Some((2, true))]);
    });
}

#[test]
fn members_of_a_full_pool_that_all_map_come_to_an_end() {
    check(|| {
        pause_clock();
        let pool = GreenPool::new(3);
        let sums: Vec<_> = (0..6)
            .map(|_| {
                let inner = pool.clone();
                pool.spawn(move || {
                    let work = |n: u64| {
                        sleep(ms(n));
                        n
                    };
                    inner.imap(work, 0..5).map(Result::unwrap).sum::<u64>()
                })
            })
            .collect();
        assert!(sums.into_iter().all(|sum| sum.wait().unwrap() == 10));
        assert_eq!(pool.free(), 3);
    });
}

#[test]
fn maps_can_feed_each_other_in_one_pool() {
    check(|| {
        for size in 1..4 {
            let pool = GreenPool::new(size);
            let first = pool.imap(|n: u32| n + 1, 0..10);
            let second = pool.imap(|n: Result<u32, _>| n.unwrap() * 2, first);
            let results: Vec<_> = second.map(Result::unwrap).collect();
            assert_eq!(results, (1..11).map(|n| 2 * n).collect::<Vec<_>>());
        }
    });
}

#[test]
fn results_come_as_they_end_if_unordered() {
    check(|| {
        pause_clock();
        let pool = GreenPool::new(3);
        let work = |millis| {
            sleep(ms(millis));
            assert!(millis != 7, "on purpose");
            millis
        };
        let map = pool.imap_unordered(work, [9, 7, 3, 20, 1]);
        let results: Vec<_> = map.map(|result| result.unwrap_or(0)).collect();
        assert_eq!(results, [3, 0, 1 + 7, 9, 20].map(|n| if n == 8 { 1 } else { n }));
    });
}

#[test]
fn what_is_under_way_runs_on_when_a_map_is_dropped() {
    check(|| {
        pause_clock();
        let (pool, log) = (GreenPool::new(3), Log::new());
        let noted = log.clone();
        let work = move |n: u64| {
            sleep(ms(n));
            noted.add(n);
        };
        let mut map = pool.imap(work, 1..100);
        map.next().unwrap().unwrap();
        drop(map);
        pool.wait_all();
        assert_eq!(log.take(), "1 2 3 4");
        assert_eq!(pool.free(), 3);
    });
}

#[test]
fn nothing_is_lost_when_a_wait_for_a_result_is_given_up() {
    check(|| {
        pause_clock();
        for is_full in [false, true] {
            let pool = GreenPool::new(1);
            let member = pool.spawn(move || sleep(ms(if is_full { 50 } else { 0 })));
            yield_now();
            let work = |n: u64| {
                sleep(ms(20));
                n
            };
            let mut map = pool.imap(work, 0..3);
            assert!(with_timeout(ms(10), || map.next()).is_err());
            assert_eq!(pool.waiting(), 0);
            assert_eq!(map.map(Result::unwrap).collect::<Vec<_>>(), [0, 1, 2]);
            member.wait().unwrap();
        }
    });
}

#[test]
fn calls_that_are_killed_are_errors() {
    check(|| {
        pause_clock();
        let pool = GreenPool::new(2);
        let inner = pool.clone();
        spawn(move || {
            sleep(ms(5));
            inner.kill_all();
        });
        let work = |n: u64| {
            sleep(ms(if n < 2 { 1000 } else { 1 }));
            n
        };
        let results: Vec<_> = pool.imap(work, 0..4).map(Result::ok).collect();
        assert_eq!(results, [None, None, Some(2), Some(3)]);
    });
}

#[test]
fn map_follows_the_size_of_the_pool() {
    check(|| {
        pause_clock();
        let pool = GreenPool::new(0);
        let inner = pool.clone();
        spawn(move || {
            sleep(ms(5));
            inner.resize(2);
            sleep(ms(5));
            inner.resize(1);
        });
        let most = Rc::new(Cell::new(0));
        let (inner, seen) = (pool.clone(), most.clone());
        let work = move |n: u64| {
            seen.set(inner.running().max(seen.get()));
            sleep(ms(4));
            n
        };
        let results = pool.imap(work, 0..10).map(Result::unwrap);
        assert_eq!(results.collect::<Vec<_>>(), Vec::from_iter(0..10));
        assert_eq!((most.get(), pool.free()), (2, 1));
    });
}
