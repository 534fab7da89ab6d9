//! What members of a full pool spawn into it: it runs inline.

use eventlet::debug::pause_clock;
use eventlet::{Event, GreenPool, GreenThread, Timeout, current, sleep, spawn, with_timeout};
use eventlet_tests::{Log, OnDrop, check, ms, panic_text, yield_now};

/// Runs `f` as the only member of a pool of one, which it is given.
fn in_full_pool<T: 'static>(f: impl FnOnce(GreenPool) -> T + 'static) -> GreenThread<T> {
    let pool = GreenPool::new(1);
    let inner = pool.clone();
    pool.spawn(move || f(inner))
}

#[test]
fn panic_is_the_end_of_what_was_spawned() {
    check(|| {
        let outer = in_full_pool(|pool| {
            let inline = pool.spawn(|| -> u32 { panic!("on purpose") });
            assert!(inline.is_dead() && inline.exit_status().unwrap().is_panic());
            panic_text(inline.wait().unwrap_err().into_panic())
        });
        assert_eq!(outer.wait().unwrap(), "on purpose");
    });
}

#[test]
fn finished_thread_answers_as_any_other() {
    check(|| {
        let outer = in_full_pool(|pool| {
            let log = Log::new();
            let (line, inline) = (line!(), pool.spawn_n(|| ()));
            assert_eq!(inline.spawned_at().line(), line);
            assert!(inline.is_dead() && !inline.is_running() && !inline.cancel());
            assert!(inline.exit_status().unwrap().is_success());
            inline.kill();
            let noted = log.clone();
            inline.link(move |status| noted.add(status.is_success()));
            assert_eq!(log.take(), "true");
            assert_ne!(inline, current());
            assert_ne!(inline, pool.spawn_n(|| ()));
        });
        outer.wait().unwrap();
    });
}

#[test]
fn kill_of_the_caller_passes_through() {
    check(|| {
        let outer = in_full_pool(|pool| {
            drop(pool.spawn(|| sleep(ms(60_000))));
            unreachable!("it was killed");
        });
        yield_now();
        outer.kill();
        assert!(outer.wait().unwrap_err().is_killed());
    });
}

#[test]
fn timeout_of_the_caller_passes_through() {
    check(|| {
        pause_clock();
        let outer = in_full_pool(|pool| {
            let limited = with_timeout(ms(10), || pool.spawn(|| sleep(ms(60_000))));
            assert!(limited.is_err());
            sleep(ms(1));
            "went on"
        });
        assert_eq!(outer.wait().unwrap(), "went on");
    });
}

#[test]
fn timeout_of_its_own_is_its_end() {
    check(|| {
        pause_clock();
        let outer = in_full_pool(|pool| {
            let inline = pool.spawn(|| {
                let _limit = Timeout::new(ms(10));
                sleep(ms(60_000));
            });
            assert!(inline.exit_status().unwrap().is_timeout());
            // The caller does not unwind: it can be killed as ever.
            sleep(ms(60_000));
        });
        sleep(ms(20));
        outer.kill();
        assert!(outer.wait().unwrap_err().is_killed());
    });
}

#[test]
fn caller_does_not_unwind_after_a_timeout_inline_although_another_one_does() {
    check(|| {
        pause_clock();
        let gate = Event::new();
        let theirs = gate.clone();
        let unwinding = spawn(move || {
            let _waits = OnDrop(|| theirs.wait().unwrap());
            sleep(ms(60_000));
        });
        yield_now();
        unwinding.kill();
        assert!(std::thread::panicking());

        let outer = in_full_pool(|pool| {
            let log = Log::new();
            let inline = pool.spawn(|| {
                let _limit = Timeout::new(ms(10));
                sleep(ms(60_000));
            });
            assert!(inline.exit_status().unwrap().is_timeout());
            let noted = log.clone();
            eventlet::spawn_n(move || noted.add("other"));
            // Who unwinds does not give way.
            yield_now();
            log.add("yielded");
            log.take()
        });
        assert_eq!(outer.wait().unwrap(), "other yielded");
        gate.send(());
        assert!(unwinding.wait().unwrap_err().is_killed());
    });
}

#[test]
fn end_of_another_one_that_is_resumed_inline_is_its_end() {
    check(|| {
        let outer = in_full_pool(|pool| {
            let other = spawn(|| ());
            other.kill();
            let exit = other.wait().unwrap_err();
            pool.spawn(move || exit.resume()).wait().unwrap_err().is_killed()
        });
        assert!(outer.wait().unwrap());
    });
}

#[test]
fn members_that_spawn_do_not_wait_for_each_other() {
    check(|| {
        let (pool, log) = (GreenPool::new(2), Log::new());
        for n in 0..2 {
            let (inner, log) = (pool.clone(), log.clone());
            pool.spawn_n(move || {
                yield_now();
                for _ in 0..2 {
                    let log = log.clone();
                    inner.spawn_n(move || log.add(n));
                }
            });
        }
        pool.wait_all();
        assert_eq!(log.take(), "0 0 1 1");
    });
}

#[test]
fn nothing_runs_inline_while_there_is_a_slot() {
    check(|| {
        let pool = GreenPool::new(2);
        let inner = pool.clone();
        let outer = pool.spawn(move || {
            let id = current().id();
            let other = inner.spawn(move || current().id() != id);
            assert!(!other.is_dead());
            other.wait().unwrap()
        });
        assert!(outer.wait().unwrap());
    });
}

#[test]
fn only_members_run_inline() {
    check(|| {
        pause_clock();
        let outer = in_full_pool(|pool| {
            let (inner, caller) = (pool.clone(), current().id());
            // A green thread of a member is no member.
            let aside = spawn(move || inner.spawn(move || current().id() != caller).wait());
            yield_now();
            assert_eq!((pool.waiting(), pool.running()), (1, 1));
            // A member of another pool is not one of this.
            let inner = pool.clone();
            let other = GreenPool::new(1).spawn(move || inner.try_spawn(|| ()).is_err());
            assert!(other.wait().unwrap());
            assert!(pool.try_spawn(|| ()).is_err());
            aside
        });
        assert!(outer.wait().unwrap().wait().unwrap().unwrap());
    });
}
