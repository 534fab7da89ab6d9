//! More hubs: spawning into them, waiting for results, kills, panics.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use eventlet::hubs::{HubHandle, RemoteThread, get_hub, spawn_hub};
use eventlet::{Exit, GreenThread, sleep, spawn, with_timeout};
use eventlet_tests::child::Child;
use eventlet_tests::{OnDrop, check, check_within, ms, panic_of, panic_text, sys, yield_now};

const SECOND: Duration = Duration::from_secs(1);

/// Runs `test` with a hub, which must be left without a green thread.
fn with_hub(test: impl FnOnce(&HubHandle)) {
    check(|| {
        let hub = spawn_hub().unwrap();
        test(&hub);
        let outcome = hub.shutdown(SECOND * 10);
        assert!(outcome.is_clean(), "{outcome:?}");
    });
}

#[test]
fn it_runs_on_another_os_thread() {
    with_hub(|hub| {
        let id = hub.spawn(|| (thread::current().id(), get_hub().id())).wait().unwrap();
        assert_ne!(id.0, thread::current().id());
        assert_eq!(id.1, hub.id());
        assert_ne!(hub.id(), get_hub().id());
        let name = hub.spawn(|| thread::current().name().map(str::to_owned)).wait().unwrap();
        assert!(name.unwrap().starts_with("hub-"));
    });
}

#[test]
fn only_the_green_thread_that_waits_waits() {
    with_hub(|hub| {
        let n_ticks = Arc::new(AtomicUsize::new(0));
        let theirs = n_ticks.clone();
        let ticker = spawn(move || {
            loop {
                theirs.fetch_add(1, Ordering::SeqCst);
                sleep(ms(1));
            }
        });
        let remote = hub.spawn(move || {
            while n_ticks.load(Ordering::SeqCst) < 5 {
                sleep(ms(1));
            }
        });
        spawn(move || remote.wait().unwrap()).wait().unwrap();
        ticker.kill();
    });
}

#[test]
fn waiting_on_a_plain_os_thread() {
    with_hub(|hub| {
        let remote = hub.spawn(|| {
            sleep(ms(10));
            "result"
        });
        let waiter = thread::spawn(move || remote.wait().unwrap());
        assert_eq!(waiter.join().unwrap(), "result");
        let theirs = hub.clone();
        let spawner = thread::spawn(move || theirs.spawn(|| 5).wait().unwrap());
        assert_eq!(spawner.join().unwrap(), 5);
    });
}

#[test]
fn they_begin_in_the_order_they_were_spawned() {
    with_hub(|hub| {
        let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
        let threads: Vec<_> = (0..1000)
            .map(|number| {
                let seen = seen.clone();
                hub.spawn(move || seen.lock().unwrap().push(number))
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert_eq!(*seen.lock().unwrap(), (0..1000).collect::<Vec<_>>());
    });
}

/// Each of two hubs has thousands of its green threads run in the other, at the same time.
#[test]
fn thousands_in_both_directions() {
    const N: u64 = 5000;
    with_hub(|there| {
        let here = get_hub().handle();
        let theirs = there.clone();
        let back = there.spawn(move || {
            let threads: Vec<_> = (0..N).map(|n| here.spawn(move || n)).collect();
            threads.into_iter().map(|thread| thread.wait().unwrap()).sum::<u64>()
        });
        let threads: Vec<_> = (0..N)
            .map(|n| {
                if n % 100 == 0 {
                    yield_now();
                }
                theirs.spawn(move || {
                    yield_now();
                    n
                })
            })
            .collect();
        let sum: u64 = threads.into_iter().map(|thread| thread.wait().unwrap()).sum();
        assert_eq!((sum, back.wait().unwrap()), (N * (N - 1) / 2, N * (N - 1) / 2));
    });
}

/// What crosses is `Send`; what stays need not be.
#[test]
fn a_spawned_green_thread_is_at_home_there() {
    with_hub(|hub| {
        let sum = hub.spawn(|| {
            let shared = Rc::new(RefCell::new(0));
            let threads: Vec<GreenThread<()>> = (0..10)
                .map(|n| {
                    let shared = shared.clone();
                    spawn(move || {
                        sleep(ms(1));
                        *shared.borrow_mut() += n;
                    })
                })
                .collect();
            threads.into_iter().for_each(|thread| thread.wait().unwrap());
            *shared.borrow()
        });
        assert_eq!(sum.wait().unwrap(), 45);
    });
}

#[test]
fn reports_point_at_the_spawn() {
    with_hub(|hub| {
        let line = line!() + 1;
        let place = hub.spawn(|| eventlet::current().spawned_at()).wait().unwrap();
        assert_eq!((place.file(), place.line()), (file!(), line));
    });
}

#[test]
fn a_panic_is_contained_and_carried_over() {
    with_hub(|hub| {
        let exit = hub.spawn(|| panic!("as asked")).wait().unwrap_err();
        assert!(exit.is_panic());
        assert_eq!(panic_text(exit.into_panic()), "as asked");
        let text = panic_of(|| match hub.spawn(|| panic!("again")).wait() {
            Ok(()) => (),
            Err(exit) => exit.resume(),
        });
        assert_eq!(text, "again");
        assert_eq!(hub.spawn(|| 1).wait().unwrap(), 1);
    });
}

#[test]
fn an_uncaught_timeout_is_carried_over() {
    with_hub(|hub| {
        let thread = hub.spawn(|| {
            let _limit = eventlet::Timeout::new(ms(1));
            sleep(Duration::from_secs(60));
        });
        let exit = thread.wait().unwrap_err();
        assert!(exit.is_timeout());
        assert_eq!(std::io::Error::from(exit).kind(), std::io::ErrorKind::TimedOut);
    });
}

/// Counts its drops, and can be sent.
fn counter(drops: &Arc<AtomicUsize>) -> OnDrop<impl FnMut() + Send + use<>> {
    let drops = drops.clone();
    OnDrop(move || {
        drops.fetch_add(1, Ordering::SeqCst);
    })
}

#[test]
fn a_kill_unwinds_it_over_there() {
    with_hub(|hub| {
        let drops = Arc::new(AtomicUsize::new(0));
        let (running, began) = mpsc::channel();
        let on_drop = counter(&drops);
        let thread = hub.spawn(move || {
            let _on_drop = on_drop;
            running.send(()).unwrap();
            sleep(Duration::from_secs(3600));
        });
        began.recv().unwrap();
        assert!(!thread.is_dead());
        thread.kill();
        thread.kill();
        let exit: Exit = thread.wait().unwrap_err();
        assert!(exit.is_killed());
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

/// The kill comes as soon as the hub reads it, which is after it has begun what came before.
#[test]
fn a_kill_right_after_the_spawn() {
    check(|| {
        // This hub reads nothing before it waits.
        let here = get_hub().handle();
        let drops = Arc::new(AtomicUsize::new(0));
        let on_drop = counter(&drops);
        let thread = here.spawn(move || {
            let _on_drop = on_drop;
            sleep(Duration::from_secs(3600));
        });
        thread.kill();
        assert!(thread.wait().unwrap_err().is_killed());
        assert_eq!(drops.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_dead_one_is_not_killed() {
    with_hub(|hub| {
        let thread = hub.spawn(|| 5);
        while !thread.is_dead() {
            sleep(ms(1));
        }
        thread.kill();
        assert_eq!(thread.wait().unwrap(), 5);
    });
}

/// A waiter that gives up leaves everything in order: the green thread runs on, detached.
#[test]
fn a_waiter_that_is_killed_or_times_out() {
    with_hub(|hub| {
        let n_ended = Arc::new(AtomicUsize::new(0));
        let may_end = Arc::new(AtomicBool::new(false));
        let sleeper = || {
            let (n_ended, may_end) = (n_ended.clone(), may_end.clone());
            hub.spawn(move || {
                while !may_end.load(Ordering::SeqCst) {
                    sleep(ms(1));
                }
                n_ended.fetch_add(1, Ordering::SeqCst);
            })
        };
        let late = sleeper();
        with_timeout(ms(1), || late.wait()).unwrap_err();
        let other = sleeper();
        let waiter = spawn(move || other.wait());
        yield_now();
        waiter.kill();
        assert!(waiter.wait().unwrap_err().is_killed());
        may_end.store(true, Ordering::SeqCst);
        while n_ended.load(Ordering::SeqCst) < 2 {
            sleep(ms(1));
        }
    });
}

#[test]
fn a_detached_result_is_dropped_over_there() {
    with_hub(|hub| {
        let drops = Arc::new(AtomicUsize::new(0));
        let result = counter(&drops);
        drop(hub.spawn(move || result));
        let fetched = counter(&drops);
        let thread = hub.spawn(move || fetched);
        while !thread.is_dead() {
            sleep(ms(1));
        }
        assert_eq!(drops.load(Ordering::SeqCst), 1);
        drop(thread);
        assert_eq!(drops.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn waiting_for_oneself_is_refused() {
    with_hub(|hub| {
        let (give, take) = mpsc::channel::<RemoteThread<()>>();
        let thread = hub.spawn(move || {
            let myself = take.recv().unwrap();
            let text = panic_of(|| myself.wait());
            assert_eq!(text, "a green thread cannot wait for itself");
        });
        let (done, is_done) = mpsc::channel();
        // The handle goes away, so its end is seen in another way.
        give.send(thread).unwrap();
        hub.spawn(move || done.send(())).wait().unwrap().unwrap();
        is_done.recv().unwrap();
    });
}

/// What others spawn in a hub runs when that waits, and it is its green threads that run.
#[test]
fn a_main_hub_can_be_addressed() {
    check(|| {
        let here = get_hub().handle();
        assert_eq!(here, get_hub().handle());
        let other = thread::spawn(move || {
            let main = here.spawn(|| thread::current().id());
            main.wait().unwrap()
        });
        while !other.is_finished() {
            sleep(ms(1));
        }
        assert_eq!(other.join().unwrap(), thread::current().id());
        let text = panic_of(|| get_hub().handle().shutdown(SECOND));
        assert!(text.contains("was not started by spawn_hub"), "{text}");
    });
}

/// The hub of an OS thread that ends takes no more, and what is left in it is given up.
#[test]
fn the_hub_of_a_thread_that_has_ended() {
    check(|| {
        let (give, take) = mpsc::channel();
        let (go, gone) = mpsc::channel::<()>();
        let other = thread::spawn(move || {
            give.send(get_hub().handle()).unwrap();
            gone.recv().unwrap();
            // Runs what has been sent, up to its first wait.
            yield_now();
            sleep(ms(1));
            give.send(get_hub().handle()).unwrap();
            gone.recv().unwrap();
        });
        let hub: HubHandle = take.recv().unwrap();
        let begun = hub.spawn(|| sleep(Duration::MAX));
        go.send(()).unwrap();
        take.recv().unwrap();
        let unread = hub.spawn(|| ());
        go.send(()).unwrap();
        assert!(begun.wait().unwrap_err().is_abandoned());
        assert!(unread.wait().unwrap_err().is_abandoned());
        other.join().unwrap();
        let refused = hub.spawn(|| ()).wait().unwrap_err();
        assert_eq!(refused.to_string(), "the green thread was abandoned: its hub has ended");
        assert!(!hub.is_open());
    });
}

/// Also if something of it is left: the stack of an abandoned green thread, with all that is on it.
#[test]
fn a_hub_that_an_abandoned_green_thread_holds() {
    check(|| {
        let (give, take) = mpsc::channel();
        let (go, gone) = mpsc::channel::<()>();
        let other = thread::spawn(move || {
            spawn(|| {
                let here = get_hub();
                sleep(Duration::MAX);
                drop(here);
            });
            yield_now();
            give.send(get_hub().handle()).unwrap();
            gone.recv().unwrap();
        });
        let hub: HubHandle = take.recv().unwrap();
        let unread = hub.spawn(|| ());
        go.send(()).unwrap();
        other.join().unwrap();
        assert!(
            with_timeout(Duration::from_secs(5), || unread.wait())
                .unwrap()
                .unwrap_err()
                .is_abandoned()
        );
        assert!(!hub.is_open());
    });
}

/// What nobody has read is dropped when the OS thread ends: panics of destructors end there.
#[test]
fn destructors_of_what_was_not_read_may_panic() {
    let ended = Child::new().run(|| {
        check(|| {
            let (give, take) = mpsc::channel();
            let (go, gone) = mpsc::channel::<()>();
            let other = thread::spawn(move || {
                give.send(get_hub().handle()).unwrap();
                gone.recv().unwrap();
            });
            let hub: HubHandle = take.recv().unwrap();
            let unread: Vec<_> = (0..3)
                .map(|n| {
                    let on_drop = OnDrop(move || panic!("destructor {n}"));
                    hub.spawn(move || drop(on_drop))
                })
                .collect();
            let green = OnDrop(|| sleep(Duration::ZERO));
            let too_late = hub.spawn(move || drop(green));
            go.send(()).unwrap();
            other.join().unwrap();
            for thread in unread.into_iter().chain([too_late]) {
                assert!(thread.wait().unwrap_err().is_abandoned());
            }
        });
    });
    ended.expect_success().expect_stderr("destructor 0").expect_stderr("destructor 2");
    ended.expect_stderr("a green call was made while its OS thread is ending");
}

/// A hub that waits for work does not spin, and does not call its waiting a deadlock.
#[test]
fn an_idle_hub_uses_no_cpu() {
    with_hub(|hub| {
        let cpu = || hub.spawn(sys::thread_cpu_time).wait().unwrap();
        let before = cpu();
        sleep(ms(300));
        let used = cpu() - before;
        assert!(used < ms(150), "an idle hub has used {used:?} of CPU time");
    });
}

#[test]
fn two_hubs_compute_at_once() {
    // Two green threads of two hubs wait for one another without giving way.
    with_hub(|hub| {
        let met = Arc::new(AtomicUsize::new(0));
        let meet = |met: Arc<AtomicUsize>| {
            met.fetch_add(1, Ordering::SeqCst);
            while met.load(Ordering::SeqCst) < 2 {
                thread::yield_now();
            }
        };
        let theirs = met.clone();
        let remote = hub.spawn(move || meet(theirs));
        let local = spawn(move || meet(met));
        local.wait().unwrap();
        remote.wait().unwrap();
    });
}

/// Round trips from a green thread to another hub and back, while both are busy otherwise.
#[test]
fn no_wake_is_lost_between_hubs() {
    check_within(Duration::from_secs(60), || {
        let hubs = [spawn_hub().unwrap(), spawn_hub().unwrap()];
        let start = Instant::now();
        let threads: Vec<_> = (0..4_usize)
            .map(|number| {
                let (mine, other) = (hubs[number % 2].clone(), hubs[(number + 1) % 2].clone());
                mine.spawn(move || {
                    for round in 0..2000 {
                        assert_eq!(other.spawn(move || round).wait().unwrap(), round);
                        if round % 7 == 0 {
                            sleep(Duration::from_micros(round as u64 % 50));
                        }
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert!(start.elapsed() < Duration::from_secs(50));
        for hub in hubs {
            assert!(hub.shutdown(SECOND).is_clean());
        }
    });
}
