//! Blocking calls on the native thread pool.

use std::cell::Cell;
use std::panic::catch_unwind;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use eventlet::tpool::execute;
use eventlet::{sleep, spawn, with_timeout};
use eventlet_tests::child::Child;
use eventlet_tests::jobs::{held_job, tell_drop};
use eventlet_tests::{LIMIT, OnDrop, check, ms, panic_of, yield_now};

#[test]
fn the_result_comes_back() {
    check(|| {
        assert_eq!(execute(|| 6 * 7), 42);
        let here = thread::current().id();
        assert_ne!(execute(|| thread::current().id()), here);
        let name = execute(|| thread::current().name().map(str::to_owned));
        assert!(name.unwrap().starts_with("eventlet-tpool-"));
        assert_eq!(spawn(|| execute(|| 6 * 7)).wait().unwrap(), 42);
    });
}

#[test]
fn a_panic_is_raised_in_the_caller() {
    check(|| {
        let payload = catch_unwind(|| execute(|| std::panic::panic_any(7_u8))).unwrap_err();
        assert_eq!(*payload.downcast::<u8>().unwrap(), 7);
        let exit = spawn(|| execute(|| panic!("expected"))).wait().unwrap_err();
        assert_eq!(exit.to_string(), "the green thread panicked: expected");
    });
}

/// Eventlet loses a worker to every unusual error, and at last hangs.
#[test]
fn the_pool_survives_panics() {
    check(|| {
        for number in 0..100 {
            let text = panic_of(|| execute(move || panic!("expected, {number}")));
            assert_eq!(text, format!("expected, {number}"));
        }
        assert_eq!(execute(|| "alive"), "alive");
    });
}

#[test]
fn a_nested_call_runs_in_place() {
    check(|| {
        let (outer, inner) =
            execute(|| (thread::current().id(), execute(|| execute(|| thread::current().id()))));
        assert_eq!(outer, inner);
    });
}

#[test]
fn others_run_meanwhile() {
    check(|| {
        let n_turns = Rc::new(Cell::new(0));
        let (hold, job) = held_job();
        let caller = spawn(move || execute(job));
        let counter = n_turns.clone();
        let other = spawn(move || {
            for turn in 1..=10 {
                counter.set(turn);
                sleep(Duration::from_micros(100));
            }
        });
        other.wait().unwrap();
        assert_eq!(n_turns.get(), 10);
        assert!(!caller.is_dead());
        drop(hold);
        caller.wait().unwrap();
    });
}

#[test]
fn jobs_run_side_by_side() {
    check(|| {
        // Each waits for the other: in turn they would never end.
        let (to_second, from_first) = mpsc::channel();
        let (to_first, from_second) = mpsc::channel();
        let first = spawn(|| {
            execute(move || {
                to_second.send(1).unwrap();
                from_second.recv().unwrap()
            })
        });
        let second = spawn(|| {
            execute(move || {
                to_first.send(2).unwrap();
                from_first.recv().unwrap()
            })
        });
        assert_eq!((first.wait().unwrap(), second.wait().unwrap()), (2, 1));
    });
}

#[test]
fn thousands_of_jobs() {
    check(|| {
        let threads: Vec<_> = (0..5000_u64).map(|n| spawn(move || execute(move || n))).collect();
        let sum: u64 = threads.into_iter().map(|thread| thread.wait().unwrap()).sum();
        assert_eq!(sum, 5000 * 4999 / 2);
    });
}

/// Eventlet delivers to one hub only.
#[test]
fn results_go_to_the_hub_that_asked() {
    check(|| {
        let ask = |base: u64| {
            let threads: Vec<_> =
                (base..base + 500).map(|n| spawn(move || execute(move || n))).collect();
            threads.into_iter().map(|thread| thread.wait().unwrap()).sum::<u64>()
        };
        let others: Vec<_> = (1..4).map(|n| thread::spawn(move || ask(n * 1000))).collect();
        assert_eq!(ask(0), 124_750);
        let sums: Vec<_> = others.into_iter().map(|other| other.join().unwrap()).collect();
        assert_eq!(sums, [624_750, 1_124_750, 1_624_750]);
    });
}

#[test]
fn a_killed_caller_is_freed_at_once() {
    check(|| {
        let (hold, job) = held_job();
        let (result, told) = tell_drop();
        let caller = spawn(move || {
            execute(move || {
                job();
                result
            })
        });
        hold.wait_until_begun();
        caller.kill();
        assert!(caller.wait().map(|_| ()).unwrap_err().is_killed());
        assert!(told.try_recv().is_err(), "the job still runs");
        drop(hold);
        assert_eq!(told.recv_timeout(LIMIT), Ok("pool"));
    });
}

#[test]
fn a_caller_that_times_out_is_freed_at_once() {
    check(|| {
        let (hold, job) = held_job();
        let (result, told) = tell_drop();
        let caller = spawn(move || {
            with_timeout(ms(50), move || {
                execute(move || {
                    job();
                    result
                })
            })
        });
        hold.wait_until_begun();
        assert!(caller.wait().unwrap().is_err());
        assert!(told.try_recv().is_err(), "the job still runs");
        drop(hold);
        assert_eq!(told.recv_timeout(LIMIT), Ok("pool"));
        assert_eq!(execute(|| 5), 5, "the thread has come back");
    });
}

#[test]
fn a_caller_that_unwinds_runs_the_job_itself() {
    check(|| {
        let seen = Rc::new(Cell::new(None));
        let theirs = seen.clone();
        let victim = spawn(move || {
            let _on_drop = OnDrop(move || theirs.set(Some(execute(|| thread::current().id()))));
            sleep(Duration::from_secs(3600));
        });
        yield_now();
        victim.kill();
        assert_eq!(seen.get(), Some(thread::current().id()));
        drop(victim);
    });
}

#[test]
fn a_panic_in_place_while_nested_goes_to_the_outer_caller() {
    check(|| {
        let text = panic_of(|| execute(|| execute(|| panic!("from the inner one"))));
        assert_eq!(text, "from the inner one");
    });
}

/// A job may be a hub of its own: its thread is an OS thread like any other.
#[test]
fn green_calls_work_inside_a_job() {
    check(|| {
        let result = execute(|| {
            let thread = spawn(|| {
                sleep(ms(1));
                5
            });
            thread.wait().unwrap()
        });
        assert_eq!(result, 5);
    });
}

/// An OS thread may end while its jobs still run; what they leave finds nobody.
#[test]
fn a_hub_may_end_before_its_jobs() {
    check(|| {
        let (hold, job) = held_job();
        let (captured, captured_told) = tell_drop();
        let (result, result_told) = tell_drop();
        let ended = thread::spawn(move || {
            let caller = spawn(move || {
                execute(move || {
                    job();
                    drop(captured);
                    result
                })
            });
            hold.wait_until_begun();
            drop(caller);
            hold
        });
        drop(ended.join().unwrap());
        assert_eq!(captured_told.recv_timeout(LIMIT), Ok("pool"));
        assert_eq!(result_told.recv_timeout(LIMIT), Ok("pool"));
        for _ in 0..100 {
            assert_eq!(execute(|| 5), 5, "the thread lives on");
        }
    });
}

/// What nobody waits for any more, and has not begun, does not run.
#[test]
fn a_call_that_has_not_begun_is_taken_back() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "1").run(|| {
        let (hold, job) = held_job();
        let first = spawn(|| execute(job));
        hold.wait_until_begun();
        let (captured, told) = tell_drop();
        let second = spawn(move || {
            execute(move || {
                drop(captured);
                panic!("it runs all the same");
            })
        });
        yield_now();
        second.kill();
        assert_eq!(told.try_recv(), Ok("elsewhere"));
        assert!(second.wait().unwrap_err().is_killed());
        let (captured, told) = tell_drop();
        let late = with_timeout(ms(1), || execute(move || drop(captured)));
        assert!(late.is_err());
        assert_eq!(told.try_recv(), Ok("elsewhere"));
        drop(hold);
        first.wait().unwrap();
        assert_eq!(execute(|| 5), 5);
    });
    ended.expect_success().refuse_stderr("it runs all the same");
}

/// Calls that end at once do not keep the hub: the others have their turns.
#[test]
fn a_loop_of_calls_lets_others_run() {
    check(|| {
        let n_turns = Rc::new(Cell::new(0));
        let counter = n_turns.clone();
        let other = spawn(move || {
            loop {
                counter.set(counter.get() + 1);
                yield_now();
            }
        });
        for n in 1..=100 {
            execute(|| ());
            assert!(n_turns.get() >= n, "{} turns", n_turns.get());
        }
        other.kill();
    });
}
