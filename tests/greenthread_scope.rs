//! Scopes whose green threads borrow: what they may do, and that they have ended when it ends.

use std::cell::{Cell, RefCell};
use std::mem;
use std::rc::Rc;

use eventlet::{Builder, ScopedGreenThread, debug, scope, sleep, spawn};
use eventlet_tests::{Log, OnDrop, check, ms, panic_of, yield_now};

#[test]
fn results_and_borrows() {
    check(|| {
        let mut numbers = vec![1, 2, 3];
        let text = "not static".to_owned();
        let sum = scope(|s| {
            let text = s.spawn(|| text.as_str());
            s.spawn(|| numbers.push(4));
            assert_eq!(text.wait().unwrap(), "not static");
            5
        });
        numbers.push(sum);
        assert_eq!(numbers, [1, 2, 3, 4, 5]);
    });
}

#[test]
fn a_result_may_borrow() {
    check(|| {
        let words = ["a".to_owned(), "bc".to_owned()];
        let longest: &String = scope(|s| {
            let threads = words.each_ref().map(|word| s.spawn(move || word));
            threads.map(|thread| thread.wait().unwrap()).into_iter().max().unwrap()
        });
        assert_eq!(longest, "bc");
    });
}

#[test]
fn all_have_ended_when_it_ends() {
    check(|| {
        debug::pause_clock();
        let (n_ended, before) = (Cell::new(0), debug::now());
        let body_ended = Cell::new(false);
        scope(|s| {
            for n in 0..20 {
                let (n_ended, body_ended) = (&n_ended, &body_ended);
                s.spawn(move || {
                    sleep(ms(n));
                    assert!(body_ended.get());
                    n_ended.set(n_ended.get() + 1);
                });
            }
            body_ended.set(true);
        });
        assert_eq!(n_ended.get(), 20);
        assert_eq!(debug::now() - before, ms(19));
    });
}

#[test]
fn without_green_threads_it_does_not_switch() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let other = spawn(move || theirs.add("other"));
        assert_eq!(scope(|_| 7), 7);
        assert_eq!(log.take(), "");
        other.wait().unwrap();
    });
}

#[test]
fn in_a_green_thread_inside_another_scope() {
    check(|| {
        let total = Cell::new(0);
        let add = &|n| total.set(total.get() + n);
        scope(|outer| {
            for _ in 0..3 {
                outer.spawn(move || {
                    let local = Cell::new(0);
                    scope(|inner| {
                        for n in 1..=4 {
                            let local = &local;
                            inner.spawn(move || {
                                yield_now();
                                local.set(local.get() + n);
                                // Of the outer one, from two levels below.
                                outer.spawn(move || add(n));
                            });
                        }
                    });
                    assert_eq!(local.get(), 10);
                });
            }
        });
        assert_eq!(total.get(), 30);
    });
}

#[test]
fn one_spawns_the_next() {
    check(|| {
        fn chain<'scope>(
            s: &'scope eventlet::Scope<'scope, '_>,
            log: &'scope RefCell<Vec<u32>>,
            n: u32,
        ) {
            log.borrow_mut().push(n);
            if n > 0 {
                s.spawn(move || chain(s, log, n - 1));
            }
        }

        let log = RefCell::default();
        scope(|s| chain(s, &log, 100));
        assert_eq!(log.into_inner(), (0..=100).rev().collect::<Vec<_>>());
    });
}

#[test]
fn a_builder_names_delays_and_refuses() {
    check(|| {
        debug::pause_clock();
        let (text, before, dropped) = ("borrowed".to_owned(), debug::now(), Cell::new(false));
        scope(|s| {
            let named = Builder::new().name("one").delay(ms(5)).spawn_scoped(s, || {
                (eventlet::current().name().map(str::to_owned), text.len(), debug::now() - before)
            });
            let named: ScopedGreenThread<'_, _> = named.unwrap();
            assert_eq!(named.name(), Some("one"));
            assert_eq!(named.wait().unwrap(), (Some("one".to_owned()), 8, ms(5)));

            let on_drop = OnDrop(|| dropped.set(true));
            let refused = Builder::new().stack_size(1).spawn_scoped(s, move || drop(on_drop));
            assert_eq!(refused.unwrap_err().kind(), std::io::ErrorKind::InvalidInput);
            assert!(dropped.get());
        });
    });
}

#[test]
fn handles() {
    check(|| {
        let log = Log::new();
        let kept = scope(|s| {
            let killed = s.spawn(|| sleep(std::time::Duration::MAX));
            yield_now();
            killed.kill();
            assert!(killed.is_dead());
            let handle = killed.handle();
            assert!(killed.wait().unwrap_err().is_killed());
            let cancelled = s.spawn(|| unreachable!("cancelled"));
            assert!(cancelled.cancel());
            let last = s.spawn(|| ());
            let theirs = log.clone();
            last.handle().link(move |status| theirs.add(status.is_success()));
            assert_ne!(last.id(), handle.id());
            (handle, last.handle())
        });
        assert!(kept.0.is_dead() && kept.1.is_dead());
        kept.1.kill();
        let theirs = log.clone();
        kept.0.link(move |status| theirs.add(status.is_killed()));
        assert_eq!(log.take(), "true true");
    });
}

/// Results that nobody waits for are dropped by the green thread, or with the handle; those of
/// forgotten handles not at all.
#[test]
fn when_results_are_dropped() {
    check(|| {
        let log = Log::new();
        let outer = log.on_drop("outer");
        scope(|s| {
            drop(s.spawn(|| (log.on_drop("detached"), &outer)));
            let held = s.spawn(|| (log.on_drop("held"), &outer));
            let borrowing = s.spawn(|| (log.on_drop("moved"), held));
            mem::forget(s.spawn(|| (log.on_drop("never"), &outer)));
            while !borrowing.is_dead() {
                yield_now();
            }
            log.add("body");
        });
        log.add("end");
        drop(outer);
        assert_eq!(log.take(), "detached body moved held end outer");
    });
}

#[test]
fn an_unseen_panic_is_passed_on() {
    check(|| {
        let others_end = Cell::new(false);
        let text = panic_of(|| {
            scope(|s| {
                s.spawn(|| panic!("nobody sees this"));
                s.spawn(|| {
                    sleep(ms(1));
                    others_end.set(true);
                });
            })
        });
        assert_eq!(text, "a scoped green thread panicked");
        assert!(others_end.get(), "they are waited for");

        let held = panic_of(|| {
            scope(|s| {
                let _held = s.spawn(|| panic!("its handle is dropped"));
                yield_now();
            })
        });
        assert_eq!(held, "a scoped green thread panicked");
        let forgotten = panic_of(|| scope(|s| mem::forget(s.spawn(|| panic!("forgotten")))));
        assert_eq!(forgotten, "a scoped green thread panicked");
    });
}

#[test]
fn what_is_seen_or_killed_is_no_panic() {
    check(|| {
        scope(|s| {
            let panicked = s.spawn(|| panic!("seen"));
            assert!(panicked.wait().map(|(): ()| ()).unwrap_err().is_panic());
            let begun = s.spawn(|| sleep(std::time::Duration::MAX));
            yield_now();
            begun.kill();
            s.spawn(|| ()).kill();
        });
        // Seen while a link keeps it from ending.
        scope(|s| {
            let thread = s.spawn(|| panic!("seen early"));
            thread.handle().link(|_| sleep(ms(2)));
            assert!(thread.wait().map(|(): ()| ()).unwrap_err().is_panic());
        });
    });
}

/// The body's own panic goes first, as in std.
#[test]
fn the_body_panics() {
    check(|| {
        let log = Log::new();
        let text = panic_of(|| {
            scope(|s| {
                s.spawn(|| {
                    let _noted = log.on_drop("killed");
                    sleep(std::time::Duration::MAX);
                });
                s.spawn(|| panic!("a child's"));
                yield_now();
                let captured = log.on_drop("not begun");
                s.spawn(move || drop(captured));
                panic!("the body's");
            })
        });
        log.add("after");
        assert_eq!(text, "the body's");
        assert_eq!(log.take(), "not begun killed after");
    });
}

#[test]
fn stacks_and_records_are_used_again() {
    check(|| {
        let counter = Cell::new(0);
        for _ in 0..100 {
            scope(|s| {
                for _ in 0..10 {
                    s.spawn(|| counter.set(counter.get() + 1));
                }
            });
            spawn(|| ()).wait().unwrap();
        }
        assert_eq!(counter.get(), 1000);
        let shared = Rc::new(());
        scope(|s| drop(s.spawn(|| shared.clone())));
        assert_eq!(Rc::strong_count(&shared), 1);
    });
}
