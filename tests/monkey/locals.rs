//! Thread-local variables: each green thread has its own, from when it begins until it ends.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::env;
use std::process::Command;
use std::rc::Rc;
use std::sync::{Condvar, Mutex};
use std::thread::{self, ThreadId, panicking};
use std::time::Duration;

use eventlet::patcher::{MonkeyPatch, ThreadLocals, thread_locals};
use eventlet::{Event, sleep, spawn};
use eventlet_tests::detection::Detection;
use eventlet_tests::ms;
use generator::Gn;

/// Runs a test with nothing patched but what threads have of their own.
fn check(body: impl FnOnce()) {
    MonkeyPatch::none().thread(true).apply();
    eventlet_tests::check(body);
}

type Log = Rc<RefCell<Vec<&'static str>>>;

/// Writes into the log when it is dropped.
struct Logged(&'static str, Log);

impl Drop for Logged {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

thread_local! {
    static NUMBER: Cell<u32> = const { Cell::new(7) };
    static WORDS: RefCell<Vec<String>> = RefCell::new(vec!["first".to_owned()]);
    static ONE: RefCell<Option<Logged>> = const { RefCell::new(None) };
    static TWO: RefCell<Option<Logged>> = const { RefCell::new(None) };
}

/// Uses two variables that are to be dropped, and says so in the log when they are.
fn use_both(log: &Log) {
    ONE.set(Some(Logged("one", log.clone())));
    TWO.set(Some(Logged("two", log.clone())));
}

#[test]
fn everything_is_understood() {
    check(|| {
        let ThreadLocals::Own { n_variables, n_bytes, failures, .. } = thread_locals() else {
            panic!("{:?}", thread_locals());
        };
        assert!(n_variables >= 10 && n_bytes >= 100, "{n_variables} of {n_bytes} bytes");
        assert_eq!(failures, [""; 0]);
    });
}

#[test]
fn each_green_thread_has_its_own() {
    check(|| {
        NUMBER.set(1);
        WORDS.with_borrow_mut(Vec::clear);
        let count = |n: u32| {
            assert_eq!(NUMBER.get(), 7);
            WORDS.with_borrow(|words| assert_eq!(words[..], ["first"]));
            for step in 0..n {
                NUMBER.set(NUMBER.get() + n);
                WORDS.with_borrow_mut(|words| words.push(format!("{n}")));
                sleep(ms(u64::from((n + step) % 3)));
            }
            assert_eq!(NUMBER.get(), 7 + n * n);
            WORDS.with_borrow(|words| assert!(words[1..].iter().all(|w| *w == format!("{n}"))));
        };
        let threads: Vec<_> = (0..50).map(|n| spawn(move || count(n))).collect();
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert_eq!(NUMBER.get(), 1);
        WORDS.with_borrow(|words| assert!(words.is_empty()));
    });
}

#[test]
fn they_are_dropped_once_and_the_last_one_first() {
    check(|| {
        let log = Log::default();
        let within = log.clone();
        spawn(move || {
            use_both(&within);
            sleep(Duration::ZERO);
            assert!(within.borrow().is_empty());
        })
        .wait()
        .unwrap();
        assert_eq!(log.take(), ["two", "one"]);
        sleep(ms(1));
        assert!(log.borrow().is_empty() && Rc::strong_count(&log) == 1);
    });
}

#[test]
fn however_the_green_thread_ends() {
    check(|| {
        let log = Log::default();
        let start = |then: fn()| {
            let log = log.clone();
            spawn(move || {
                use_both(&log);
                sleep(Duration::ZERO);
                then();
            })
        };
        let panics = start(|| panic!("as it should"));
        assert!(panics.wait().unwrap_err().is_panic());
        assert_eq!(log.take(), ["two", "one"]);

        let killed = start(|| sleep(ms(60_000)));
        sleep(ms(1));
        killed.kill();
        assert_eq!(log.take(), ["two", "one"]);
        assert!(killed.wait().unwrap_err().is_killed());

        let timed_out = start(|| {
            let _limit = eventlet::Timeout::new(ms(1));
            sleep(ms(60_000));
        });
        assert!(timed_out.wait().unwrap_err().is_timeout());
        assert_eq!(log.take(), ["two", "one"]);
        assert_eq!(Rc::strong_count(&log), 1);

        let never_begun = start(|| ());
        never_begun.kill();
        assert!(log.borrow().is_empty() && Rc::strong_count(&log) == 1);
    });
}

/// Waits when it is dropped, for as long as it says.
struct Slow(Duration, Log);

impl Drop for Slow {
    fn drop(&mut self) {
        self.1.borrow_mut().push("begin");
        sleep(self.0);
        self.1.borrow_mut().push("end");
    }
}

thread_local!(static SLOW: RefCell<Option<Slow>> = const { RefCell::new(None) });

#[test]
fn the_result_is_handed_on_when_they_are_gone() {
    check(|| {
        let log = Log::default();
        let within = log.clone();
        let thread = spawn(move || SLOW.set(Some(Slow(ms(5), within))));
        thread.wait().unwrap();
        assert_eq!(log.take(), ["begin", "end"]);
    });
}

#[test]
fn nothing_is_thrown_into_destructors() {
    check(|| {
        let log = Log::default();
        let within = log.clone();
        let thread = spawn(move || {
            // Left behind, it goes off when the variable is being dropped.
            std::mem::forget(eventlet::Timeout::new(ms(2)));
            SLOW.set(Some(Slow(ms(10), within)));
        });
        sleep(ms(1));
        assert_eq!(*log.borrow(), ["begin"]);
        thread.kill();
        thread.kill();
        assert_eq!(*log.borrow(), ["begin"]);
        thread.wait().unwrap();
        assert_eq!(log.take(), ["begin", "end"]);
    });
}

#[test]
fn what_runs_after_them_finds_new_ones() {
    check(|| {
        let log = Log::default();
        let (within, of_link) = (log.clone(), log.clone());
        let thread = spawn(move || {
            NUMBER.set(3);
            use_both(&within);
        });
        thread.link(move |_| {
            assert_eq!(NUMBER.get(), 7);
            assert!(ONE.take().is_none());
            assert_eq!(of_link.take(), ["two", "one"]);
            ONE.set(Some(Logged("of the link", of_link.clone())));
        });
        thread.wait().unwrap();
        sleep(Duration::ZERO);
        assert_eq!(log.take(), ["of the link"]);
    });
}

/// Uses another variable when it is dropped.
struct Late(Log);

impl Drop for Late {
    fn drop(&mut self) {
        use_both(&self.0);
        assert!(LATE.try_with(|_| ()).is_err(), "a variable that is being dropped is gone");
        assert!(thread::current().name().is_none());
    }
}

thread_local!(static LATE: RefCell<Option<Late>> = const { RefCell::new(None) });

#[test]
fn destructors_may_use_other_variables() {
    check(|| {
        let log = Log::default();
        let within = log.clone();
        spawn(move || LATE.set(Some(Late(within)))).wait().unwrap();
        assert_eq!(log.take(), ["two", "one"]);
    });
}

#[test]
fn a_borrow_may_be_held_while_others_run() {
    check(|| {
        let hold = || {
            WORDS.with_borrow_mut(|words| {
                sleep(ms(1));
                words.push("second".to_owned());
                sleep(ms(1));
                words.len()
            })
        };
        let threads: Vec<_> = (0..100).map(|_| spawn(hold)).collect();
        WORDS.with_borrow_mut(|_| {
            threads.into_iter().for_each(|thread| assert_eq!(thread.wait().unwrap(), 2));
        });
    });
}

/// The id that std gives the caller, which must stay what it is.
fn own_id() -> ThreadId {
    let id = thread::current().id();
    for _ in 0..3 {
        sleep(Duration::ZERO);
        assert_eq!(thread::current().id(), id);
    }
    id
}

#[test]
fn std_tells_green_threads_apart() {
    check(|| {
        let main = thread::current();
        let threads: Vec<_> = (0..100).map(|_| spawn(own_id)).collect();
        let ids = threads.into_iter().map(|thread| thread.wait().unwrap());
        let mut ids: HashSet<ThreadId> = ids.collect();
        assert!(ids.insert(main.id()));
        assert_eq!(ids.len(), 101);
        assert_eq!(thread::current().id(), main.id());
        assert_eq!(thread::current().name(), main.name());
    });
}

#[test]
fn the_watchdog_knows_the_os_thread_of_a_green_thread_that_turns_it_on() {
    check(|| {
        let computes = || Detection::with(ms(40)).compute_until_told();
        let report = spawn(computes).wait().unwrap();
        assert!(report.os_thread().is_some());
        assert_eq!(report.os_thread(), thread::current().name());
    });
}

/// Waits while it is dropped, for what it takes even from one that unwinds.
struct WaitsFor(Rc<Event<()>>);

impl Drop for WaitsFor {
    fn drop(&mut self) {
        assert!(panicking());
        let _ = self.0.wait();
        assert!(panicking());
    }
}

#[test]
fn who_unwinds_concerns_nobody_else() {
    check(|| {
        let event = Rc::new(Event::new());
        let of_thread = event.clone();
        let unwinds = spawn(move || {
            let _waits = WaitsFor(of_thread);
            panic!("as it should");
        });
        sleep(Duration::ZERO);
        assert!(!panicking());
        let mutex = Rc::new(Mutex::new(0));
        let of_thread = mutex.clone();
        let other = spawn(move || {
            assert!(!panicking());
            *of_thread.lock().unwrap() += 1;
            // It may wait, be limited and killed like anyone.
            sleep(ms(1));
            assert!(eventlet::with_timeout(ms(1), || sleep(ms(60_000))).is_err());
            let caught = std::panic::catch_unwind(|| panic!("as it should"));
            assert!(caught.is_err() && !panicking());
            let _guard = of_thread.lock().unwrap();
            sleep(ms(60_000));
        });
        while mutex.try_lock().is_ok() {
            sleep(ms(1));
        }
        assert!(!mutex.is_poisoned());
        other.kill();
        assert!(other.wait().unwrap_err().is_killed());
        assert!(mutex.is_poisoned() && !panicking());
        event.send(());
        assert!(unwinds.wait().unwrap_err().is_panic());
        assert!(!panicking());
    });
}

#[test]
fn a_generator_has_those_of_its_green_thread() {
    check(|| {
        let count = |n: u32| {
            let mut steps = Gn::<()>::new_scoped_local(move |mut scope| {
                loop {
                    NUMBER.set(NUMBER.get() + n);
                    scope.yield_with(NUMBER.get());
                }
            });
            for step in 1..=10 {
                assert_eq!(steps.next(), Some(7 + n * step));
                sleep(Duration::ZERO);
            }
            // It never ends, and a generator of its kind is not unwound.
            std::mem::forget(steps);
        };
        let threads: Vec<_> = (0..20).map(|n| spawn(move || count(n))).collect();
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
    });
}

#[test]
fn ten_thousand() {
    check(|| {
        let n_dropped = Rc::new(Cell::new(0));
        struct Counted(Rc<Cell<u32>>);
        impl Drop for Counted {
            fn drop(&mut self) {
                self.0.set(self.0.get() + 1);
            }
        }
        thread_local!(static COUNTED: RefCell<Option<Counted>> = const { RefCell::new(None) });
        let run = |n: u32| {
            let n_dropped = n_dropped.clone();
            spawn(move || {
                NUMBER.set(n);
                COUNTED.set(Some(Counted(n_dropped)));
                sleep(ms(1));
                sleep(Duration::ZERO);
                assert_eq!(NUMBER.get(), n);
            })
        };
        let threads: Vec<_> = (0..10_000).map(run).collect();
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert_eq!(n_dropped.get(), 10_000);
        assert_eq!(NUMBER.get(), 7);
    });
}

#[test]
fn on_several_os_threads() {
    check(|| {
        let hub = |of: u32| {
            NUMBER.set(of);
            let run = move |n: u32| {
                NUMBER.set(NUMBER.get() + of + n);
                for _ in 0..100 {
                    sleep(Duration::ZERO);
                    assert_eq!(NUMBER.get(), 7 + of + n);
                }
            };
            let threads: Vec<_> = (0..100).map(|n| spawn(move || run(n))).collect();
            threads.into_iter().for_each(|thread| thread.wait().unwrap());
            assert_eq!(NUMBER.get(), of);
        };
        thread::scope(|scope| {
            for of in 1..4 {
                scope.spawn(move || hub(1000 * of));
            }
        });
    });
}

#[test]
fn an_os_thread_drops_its_own_when_it_ends() {
    check(|| {
        struct Sent(std::sync::Arc<Mutex<Vec<&'static str>>>, &'static str);
        impl Drop for Sent {
            fn drop(&mut self) {
                self.0.lock().unwrap().push(self.1);
            }
        }
        thread_local!(static SENT: RefCell<Option<Sent>> = const { RefCell::new(None) });
        let log = std::sync::Arc::new(Mutex::new(Vec::new()));
        let within = log.clone();
        thread::spawn(move || {
            SENT.set(Some(Sent(within.clone(), "main context")));
            let of_green = within.clone();
            let green = spawn(move || SENT.set(Some(Sent(of_green, "green"))));
            green.wait().unwrap();
            // Left in the middle of something, it is abandoned with all it has.
            spawn(|| sleep(ms(60_000)));
            sleep(Duration::ZERO);
            within.lock().unwrap().push("end");
        })
        .join()
        .unwrap();
        assert_eq!(*log.lock().unwrap(), ["green", "end", "main context"]);
    });
}

/// A lock and a condition that each thread has, and that others are told of: rayon has the like.
#[derive(Default)]
struct Latch {
    is_set: Mutex<bool>,
    changed: Condvar,
}

impl Latch {
    fn set(&self) {
        let mut is_set = self.is_set.lock().unwrap();
        *is_set = true;
        // Who waits goes on when the guard is gone, and the latch is not used any more.
        self.changed.notify_all();
    }

    fn wait_and_reset(&self) {
        let mut is_set = self.is_set.lock().unwrap();
        while !*is_set {
            is_set = self.changed.wait(is_set).unwrap();
        }
        *is_set = false;
    }
}

thread_local!(static LATCH: Latch = Latch::default());

#[test]
fn a_wait_in_a_variable_lets_nobody_run() {
    check(|| {
        let n_inside = Rc::new(Cell::new(0));
        let run = |_| {
            let n_inside = n_inside.clone();
            spawn(move || {
                LATCH.with(|latch| {
                    thread::scope(|scope| {
                        assert_eq!(n_inside.replace(1), 0);
                        scope.spawn(|| {
                            thread::sleep(ms(5));
                            latch.set();
                        });
                        latch.wait_and_reset();
                        assert_eq!(n_inside.replace(0), 1);
                    });
                });
            })
        };
        let threads: Vec<_> = (0..20).map(run).collect();
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
    });
}

/// What a test prints goes where the test's output does, whoever prints it.
#[test]
fn output_of_a_test_is_captured() {
    let test = env::current_exe().unwrap();
    let run = Command::new(test).args(["--exact", "prints", "--ignored"]).output().unwrap();
    let output = String::from_utf8(run.stdout).unwrap();
    assert!(output.contains("1 passed"), "{output}");
    assert!(!output.contains("hidden"), "{output}");
}

#[test]
#[ignore = "another test runs it"]
fn prints() {
    check(|| {
        let print = || {
            println!("hidden: a green thread");
            thread::spawn(|| println!("hidden: an OS thread that it has started")).join().unwrap();
        };
        spawn(print).wait().unwrap();
    });
}
