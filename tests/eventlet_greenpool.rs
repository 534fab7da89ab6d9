//! The behaviours of Eventlet's own tests of `greenpool`, by their names: pools.

use std::cell::Cell;
use std::rc::Rc;

use eventlet::debug::pause_clock;
use eventlet::pools::{Pool, TokenPool};
use eventlet::{Event, GreenPool, Timeout, current, sleep, spawn_after_local, with_timeout};
use eventlet_tests::{Log, check, ms, panic_text, yield_now};

/// A pool has so many free slots: it takes that many green threads, and not one more.
fn assert_pool_has_free(pool: &GreenPool, n: isize) {
    assert_eq!(pool.free(), n);
    let event = Event::<()>::new();
    let wait_long_time = || {
        let event = event.clone();
        move || event.wait().unwrap()
    };
    let filled = with_timeout(ms(1000), || {
        (0..n).for_each(|_| drop(pool.spawn(wait_long_time())));
    });
    assert!(filled.is_ok(), "the pool has fewer free slots");
    // Where Eventlet's tests give up waiting at once: a slot that gets free just then is not lost.
    assert!(pool.try_spawn(wait_long_time()).is_err(), "the pool has more free slots");
    event.send(());
    yield_now();
    yield_now();
}

#[test]
fn spawn() {
    check(|| {
        pause_clock();
        let pool = GreenPool::new(4);
        let pass_through = |n| {
            move || {
                sleep(ms(10));
                n
            }
        };
        let threads: Vec<_> = (0..10).map(|n| pool.spawn(pass_through(n))).collect();
        let results: Vec<_> = threads.into_iter().map(|thread| thread.wait().unwrap()).collect();
        assert_eq!(results, Vec::from_iter(0..10));
    });
}

#[test]
fn spawn_n() {
    check(|| {
        pause_clock();
        let (pool, log) = (GreenPool::new(4), Log::new());
        for n in 0..10 {
            let log = log.clone();
            pool.spawn_n(move || {
                sleep(ms(10));
                log.add(n);
            });
        }
        pool.wait_all();
        assert_eq!(log.take(), "0 1 2 3 4 5 6 7 8 9");
    });
}

#[test]
fn waiting() {
    check(|| {
        let (pool, done) = (GreenPool::new(1), Event::<()>::new());
        let waiter = || {
            let (pool, done) = (pool.clone(), done.clone());
            let waiter = eventlet::spawn(move || {
                pool.spawn(move || done.wait().unwrap()).wait().unwrap();
            });
            yield_now();
            waiter
        };
        let mut waiters = Vec::new();
        assert_eq!(pool.running(), 0);
        for n_waiting in 0..3 {
            waiters.push(waiter());
            assert_eq!(pool.waiting(), n_waiting);
        }
        assert_eq!(pool.running(), 1);
        done.send(());
        waiters.into_iter().for_each(|waiter| waiter.wait().unwrap());
        assert_eq!((pool.waiting(), pool.running()), (0, 0));
    });
}

#[test]
fn multiple_coros() {
    check(|| {
        let (event, log) = (Event::new(), Log::new());
        let pool = GreenPool::new(2);
        let consumer = pool.spawn({
            let (event, log) = (event.clone(), log.clone());
            move || {
                log.add("cons1");
                event.wait().unwrap();
                log.add("cons2");
            }
        });
        let noted = log.clone();
        pool.spawn_n(move || {
            noted.add("prod");
            event.send(());
        });
        consumer.wait().unwrap();
        assert_eq!(log.take(), "cons1 prod cons2");
    });
}

#[test]
fn timer_cancel() {
    check(|| {
        let (pool, log) = (GreenPool::new(2), Log::new());
        let noted = log.clone();
        let worker = pool.spawn(move || {
            spawn_after_local(ms(0), move || noted.add("fired"));
        });
        worker.wait().unwrap();
        yield_now();
        yield_now();
        assert_eq!(log.take(), "");
    });
}

#[test]
fn reentrant() {
    check(|| {
        let pool = GreenPool::new(1);
        let inner = pool.clone();
        let outer = pool.spawn(move || {
            let id = current().id();
            let reentered = inner.spawn(move || (current().id() == id, "reenter"));
            assert_ne!(reentered.id(), id);
            assert!(reentered.is_dead());
            assert_eq!(reentered.wait().unwrap(), (true, "reenter"));
        });
        outer.wait().unwrap();

        let (event, inner) = (Event::new(), pool.clone());
        let done = event.clone();
        pool.spawn_n(move || {
            inner.spawn_n(|| ());
            event.send("done");
        });
        assert_eq!(done.wait().unwrap(), "done");
    });
}

#[test]
fn resize() {
    check(|| {
        let (pool, event) = (GreenPool::new(2), Event::<()>::new());
        for _ in 0..2 {
            let event = event.clone();
            pool.spawn_n(move || event.wait().unwrap());
        }
        assert_eq!((pool.free(), pool.running()), (0, 2));
        assert_pool_has_free(&pool, 0);

        // What ends beyond the new size leaves no free slot.
        pool.resize(1);
        assert_eq!(pool.free(), -1);
        event.send(());
        yield_now();
        yield_now();
        assert_eq!((pool.free(), pool.running()), (1, 0));
        assert_pool_has_free(&pool, 1);

        pool.resize(2);
        assert_eq!((pool.free(), pool.running()), (2, 0));
        assert_pool_has_free(&pool, 2);
    });
}

#[test]
fn pool_smash() {
    check(|| {
        let (pool, tokens) = (GreenPool::new(1), TokenPool::new(1));
        let token = tokens.get();
        // It stands in line for a token, and gives up at once.
        let theirs = tokens.clone();
        let receiver = pool.spawn(move || {
            Timeout::new(ms(0)).run(|| theirs.get()).map_or("timed out", |_| "received")
        });
        assert_eq!(receiver.wait().unwrap(), "timed out");
        let put = eventlet::spawn(move || drop(token));
        // Neither pool minds.
        assert_eq!(pool.spawn(|| "resumed").wait().unwrap(), "resumed");
        assert_eq!((tokens.free(), tokens.waiting()), (1, 0));
        let _token = tokens.get();
        put.wait().unwrap();
    });
}

#[test]
fn spawn_n_2() {
    check(|| {
        let (pool, log) = (GreenPool::new(2), Log::new());
        let note = |n: i32| {
            let log = log.clone();
            move || log.add(n)
        };
        assert_eq!(pool.free(), 2);
        let first = pool.spawn(note(1));
        assert_eq!(pool.free(), 1);
        first.wait().unwrap();
        assert_eq!((log.take().as_str(), pool.free()), ("1", 2));

        pool.spawn_n(note(2));
        assert_eq!(pool.free(), 1);
        pool.spawn_n(note(3));
        assert_eq!((log.take().as_str(), pool.free()), ("", 0));
        // The pool is exhausted: now a spawn gives way.
        pool.spawn_n(note(4));
        assert_eq!(log.take(), "2 3");
        yield_now();
        assert_eq!(log.take(), "4");
    });
}

#[test]
fn exceptions() {
    check(|| {
        let pool = GreenPool::new(2);
        let ends: [fn(); 2] = [|| panic!("on purpose"), || current().kill()];
        for end in ends {
            for is_waited_for in [true, false] {
                assert_pool_has_free(&pool, 2);
                if is_waited_for {
                    let thread = pool.spawn(end);
                    assert_pool_has_free(&pool, 1);
                    assert!(thread.wait().is_err());
                } else {
                    pool.spawn_n(end);
                    assert_pool_has_free(&pool, 1);
                }
                pool.wait_all();
                assert_pool_has_free(&pool, 2);
            }
        }
    });
}

#[test]
fn with_intpool() {
    fn subtest(n_numbers: usize, size: usize, n_runs: usize) {
        let last = Cell::new(0);
        let numbers = Pool::builder().max_size(n_numbers).build_infallible(move || {
            last.set(last.get() + 1);
            last.get()
        });
        let (pool, n_done) = (GreenPool::new(size), Rc::new(Cell::new(0)));
        for _ in 0..n_runs {
            let (numbers, n_done) = (numbers.clone(), n_done.clone());
            pool.spawn_n(move || {
                let Ok(number) = numbers.get();
                assert!((1..=n_numbers).contains(&*number));
                sleep(ms(1));
                n_done.set(n_done.get() + 1);
            });
        }
        pool.wait_all();
        assert_eq!((n_done.get(), numbers.free()), (n_runs, n_numbers.cast_signed()));
    }

    check(|| {
        pause_clock();
        subtest(4, 7, 7);
        subtest(50, 75, 100);
        for n_numbers in [10, 20, 30, 40, 50] {
            for size in [5, 25, 35, 50] {
                subtest(n_numbers, size, size);
            }
        }
    });
}

#[test]
fn waitall_on_nothing() {
    check(|| GreenPool::default().wait_all());
}

#[test]
fn recursive_waitall() {
    check(|| {
        let pool = GreenPool::default();
        let inner = pool.clone();
        let exit = pool.spawn(move || inner.wait_all()).wait().unwrap_err();
        let text = panic_text(exit.into_panic());
        assert!(text.contains("cannot wait for the end of all its members"), "{text}");
    });
}

#[test]
fn greenpool_type_check() {
    check(|| {
        // What is no number, or a negative one, is refused by the compiler.
        assert_eq!(GreenPool::new(0).free(), 0);
        assert_eq!(GreenPool::new(1).free(), 1);
        assert_eq!(GreenPool::new(1000).free(), GreenPool::default().free());
        assert_eq!(GreenPool::new(usize::MAX).free(), isize::MAX);
    });
}
