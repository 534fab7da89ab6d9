//! Blocking calls on the native thread pool.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use eventlet::tpool::execute;
use eventlet::{sleep, spawn, with_timeout};
use eventlet_tests::child::Child;
use eventlet_tests::{LIMIT, OnDrop, check, ms, panic_of, yield_now};

/// A job that lasts until the sender is used or dropped.
fn held_job() -> (Sender<()>, impl FnOnce() + Send) {
    let (release, held) = mpsc::channel::<()>();
    // An error means that the sender was dropped, which releases the job as well.
    (release, move || {
        let _ = held.recv();
    })
}

/// Sends a message when it is dropped.
struct TellDrop(Sender<&'static str>);

impl Drop for TellDrop {
    fn drop(&mut self) {
        // Nobody may be listening any more.
        let _ = self.0.send("dropped");
    }
}

fn tell_drop() -> (TellDrop, Receiver<&'static str>) {
    let (tell, told) = mpsc::channel();
    (TellDrop(tell), told)
}

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

/// Eventlet's `test_raising_exceptions`.
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

/// Eventlet's `test_contention`: only the caller waits.
#[test]
fn others_run_meanwhile() {
    check(|| {
        let n_turns = Rc::new(Cell::new(0));
        let (release, job) = held_job();
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
        release.send(()).unwrap();
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

/// Eventlet's `test_killall_remaining_results`: nobody takes the result any more.
#[test]
fn a_killed_caller_is_freed_at_once() {
    check(|| {
        let (release, job) = held_job();
        let (result, told) = tell_drop();
        let caller = spawn(move || {
            execute(move || {
                job();
                result
            })
        });
        yield_now();
        caller.kill();
        assert!(caller.wait().map(|_| ()).unwrap_err().is_killed());
        assert!(told.try_recv().is_err(), "the job still runs");
        release.send(()).unwrap();
        assert_eq!(told.recv_timeout(LIMIT), Ok("dropped"));
    });
}

/// Eventlet's `test_timeout` and `test_eventlet_timeout`.
#[test]
fn a_caller_that_times_out_is_freed_at_once() {
    check(|| {
        let (release, job) = held_job();
        let (result, told) = tell_drop();
        let late = with_timeout(ms(5), move || {
            execute(move || {
                job();
                result
            })
        });
        assert!(late.is_err());
        assert!(told.try_recv().is_err(), "the job still runs");
        release.send(()).unwrap();
        assert_eq!(told.recv_timeout(LIMIT), Ok("dropped"));
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
        let (release, job) = held_job();
        let (captured, told) = tell_drop();
        let ended = thread::spawn(move || {
            let caller = spawn(move || {
                execute(move || {
                    job();
                    drop(captured);
                })
            });
            yield_now();
            drop(caller);
        });
        ended.join().unwrap();
        release.send(()).unwrap();
        assert_eq!(told.recv_timeout(LIMIT), Ok("dropped"));
        for _ in 0..100 {
            assert_eq!(execute(|| 5), 5, "the thread lives on");
        }
    });
}

/// Eventlet's `test_tpool_set_num_threads`, by the environment.
#[test]
fn the_number_of_threads_is_limited() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "2").run(|| {
        static NOW: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let job = || {
            MOST.fetch_max(NOW.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            thread::sleep(ms(1));
            NOW.fetch_sub(1, Ordering::SeqCst);
        };
        let threads: Vec<_> = (0..20).map(|_| spawn(move || execute(job))).collect();
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert!(MOST.load(Ordering::SeqCst) <= 2);
    });
    ended.expect_success();
}

#[test]
fn a_bad_number_of_threads_is_reported_and_ignored() {
    let ended = Child::new().env("EVENTLET_THREADPOOL_SIZE", "many").run(|| {
        let result = catch_unwind(AssertUnwindSafe(|| execute(|| 5)));
        assert_eq!(result.unwrap(), 5);
    });
    ended
        .expect_success()
        .expect_stderr("EVENTLET_THREADPOOL_SIZE is ignored: \"many\" is no positive number");
}
