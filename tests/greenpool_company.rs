//! Piles and groups.

use std::time::Instant;

use eventlet::debug::pause_clock;
use eventlet::select::{after, wait_any};
use eventlet::{GreenPile, GreenPool, Group, current, sleep, spawn, with_timeout};
use eventlet_tests::{Log, check, ms, panic_of, sleeper, yield_now};

#[test]
fn pile_goes_on_after_errors() {
    check(|| {
        let pile = GreenPile::new(2);
        for n in 0..4 {
            pile.spawn(move || {
                assert!(n != 1, "on purpose");
                n
            });
        }
        assert_eq!(pile.size_hint(), (4, None));
        assert_eq!(pile.map(Result::ok).collect::<Vec<_>>(), [Some(0), None, Some(2), Some(3)]);
    });
}

#[test]
fn pile_can_be_filled_again() {
    check(|| {
        let mut pile = GreenPile::default();
        for n in 0..3 {
            assert!(pile.next().is_none());
            pile.spawn(move || n);
            assert_eq!(pile.next().unwrap().unwrap(), n);
        }
    });
}

#[test]
fn pile_is_not_over_while_a_spawn_waits() {
    check(|| {
        pause_clock();
        let (pool, log) = (GreenPool::new(1), Log::new());
        let member = pool.spawn(|| sleep(ms(10)));
        let (pile, noted) = (GreenPile::from_pool(&pool), log.clone());
        let theirs = pile.clone();
        spawn(move || {
            theirs.spawn(|| "first");
            noted.add("spawned");
            theirs.spawn(|| "second");
        });
        yield_now();
        assert_eq!(pile.map(Result::unwrap).collect::<Vec<_>>(), ["first", "second"]);
        assert_eq!(log.take(), "spawned");
        member.wait().unwrap();
    });
}

#[test]
fn pile_is_over_when_the_last_spawn_gives_up() {
    check(|| {
        pause_clock();
        let mut pile = GreenPile::new(0);
        let theirs = pile.clone();
        let spawner = spawn(move || with_timeout(ms(10), || theirs.spawn(|| ())));
        yield_now();
        assert!(pile.next().is_none());
        assert!(spawner.wait().unwrap().is_err());
    });
}

#[test]
fn wait_for_a_result_that_is_given_up_leaves_the_sequence_as_it_was() {
    check(|| {
        pause_clock();
        let mut pile = GreenPile::new(4);
        for n in 0..3 {
            pile.spawn(move || {
                sleep(ms(20));
                n
            });
        }
        assert!(with_timeout(ms(10), || pile.next()).is_err());
        let mut theirs = pile.clone();
        let killed = spawn(move || theirs.next());
        yield_now();
        killed.kill();
        assert_eq!(pile.map(Result::unwrap).collect::<Vec<_>>(), [0, 1, 2]);
    });
}

#[test]
fn waits_that_are_given_up_leave_the_sequence_as_it_was() {
    check(|| {
        pause_clock();
        let pile = GreenPile::new(3);
        for n in 0..3 {
            pile.spawn(move || {
                sleep(ms(10));
                n
            });
        }
        let takers = [(); 2].map(|_| {
            let mut pile = pile.clone();
            spawn(move || pile.next())
        });
        yield_now();
        takers.iter().for_each(|taker| taker.kill());
        assert_eq!(pile.map(Result::unwrap).collect::<Vec<_>>(), [0, 1, 2]);
    });
}

#[test]
fn results_are_freed_as_they_are_taken() {
    check(|| {
        let (mut pile, log) = (GreenPile::new(4), Log::new());
        for n in 0..3 {
            let log = log.clone();
            pile.spawn(move || log.on_drop(n));
        }
        drop(pile.next());
        assert_eq!(log.take(), "0");
        drop(pile);
        assert_eq!(log.take(), "1 2");
        yield_now();
    });
}

#[test]
fn member_of_a_full_pool_fills_a_pile_inline() {
    check(|| {
        let pool = GreenPool::new(1);
        let pile = GreenPile::from_pool(&pool);
        let outer = pool.spawn(move || {
            (0..3).for_each(|n| pile.spawn(move || n));
            pile.map(Result::unwrap).collect::<Vec<_>>()
        });
        assert_eq!(outer.wait().unwrap(), [0, 1, 2]);
    });
}

#[test]
fn group_has_members_until_they_end() {
    check(|| {
        pause_clock();
        let group = Group::new();
        let quick = group.spawn(|| "quick");
        let slow = group.spawn_n(|| sleep(ms(10)));
        assert_eq!(group.iter().collect::<Vec<_>>(), [quick.handle(), slow.clone()]);
        assert_eq!(quick.wait().unwrap(), "quick");
        assert_eq!((group.len(), group.contains(&slow)), (1, true));
        assert!(!group.join_timeout(ms(5)));
        assert!(group.join_deadline(Instant::now() + ms(60_000)));
        assert!(group.is_empty() && slow.is_dead());
        group.join();
    });
}

#[test]
fn group_takes_in_and_lets_go() {
    check(|| {
        let (log, group, other) = (Log::new(), Group::new(), Group::new());
        let thread = sleeper(&log);
        for _ in 0..2 {
            group.add(&thread.handle());
            other.add(&thread.handle());
        }
        assert_eq!((group.len(), other.len()), (1, 1));
        let (theirs, handle) = (group.clone(), thread.handle());
        spawn(move || theirs.discard(&handle));
        group.join();
        assert!(!thread.is_dead());
        other.kill_all();
        assert_eq!(log.take(), "unwound");
        assert!(other.is_empty());
        other.add(&thread.handle());
        assert!(other.is_empty());
    });
}

#[test]
fn group_kills_all_and_the_caller_last() {
    check(|| {
        let (log, group) = (Log::new(), Group::new());
        group.add(&sleeper(&log).handle());
        group.spawn_n(|| unreachable!("it has not begun"));
        let (theirs, noted) = (group.clone(), log.clone());
        let killer = spawn(move || {
            let _noted = noted.on_drop("killer");
            theirs.add(&current());
            theirs.kill_all();
        });
        assert!(killer.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "unwound killer");
        assert!(group.is_empty());
    });
}

#[test]
fn group_is_ready_when_it_is_empty() {
    check(|| {
        pause_clock();
        let group = Group::new();
        group.spawn_n(|| sleep(ms(10)));
        assert_eq!(wait_any(&[&group, &after(ms(5))]), 1);
        assert_eq!(wait_any(&[&group, &after(ms(60_000))]), 0);
        group.spawn_n(|| sleep(ms(10)));
        eventlet::select! {
            () = group => {}
            () = after(ms(60_000)) => panic!("the group is empty before"),
        }
    });
}

#[test]
fn group_refuses_waits_without_end() {
    check(|| {
        let group = Group::new();
        assert!(panic_of(|| group.add(&current())).contains("never ends"));
        let theirs = group.clone();
        let member = group.spawn(move || panic_of(|| theirs.join()));
        assert!(member.wait().unwrap().contains("a member of a group cannot wait"));
    });
}

#[test]
fn members_run_on_without_the_group() {
    check(|| {
        let group = Group::new();
        let member = group.spawn(|| {
            yield_now();
            "done"
        });
        drop(group);
        assert_eq!(member.wait().unwrap(), "done");
    });
}
