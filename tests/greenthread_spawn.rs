//! Spawning, starting order, results, delayed starts, names and ids.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::rc::Rc;
use std::time::Duration;

use eventlet::{Builder, current, debug, sleep, spawn, spawn_after, spawn_after_local, spawn_n};
use eventlet_tests::{Log, check, ms, panic_of, yield_now};

#[test]
fn simple() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let thread = spawn(move || theirs.add("ran"));
        assert_eq!(log.take(), "", "spawn only schedules");
        assert!(!thread.is_dead());
        assert!(!thread.handle().is_running());
        thread.wait().unwrap();
        assert_eq!(log.take(), "ran");
    });
}

#[test]
fn starts_are_first_in_first_out() {
    check(|| {
        let log = Log::new();
        for number in 0..5 {
            let log = log.clone();
            spawn_n(move || {
                log.add(number);
                let inner = log.clone();
                spawn_n(move || inner.add(10 + number));
            });
        }
        yield_now();
        assert_eq!(log.take(), "0 1 2 3 4");
        yield_now();
        assert_eq!(log.take(), "10 11 12 13 14");
    });
}

/// A thread without a result.
#[test]
fn n() {
    check(|| {
        let done = Rc::new(Cell::new(false));
        let flag = done.clone();
        let handle = spawn_n(move || flag.set(true));
        yield_now();
        assert!(done.get());
        assert!(handle.is_dead());
    });
}

#[test]
fn wait_gives_a_result_that_is_not_send() {
    check(|| {
        let shared = Rc::new(RefCell::new(vec![1]));
        let theirs = shared.clone();
        let thread = spawn(move || {
            theirs.borrow_mut().push(2);
            theirs
        });
        let result = thread.wait().unwrap();
        assert!(Rc::ptr_eq(&shared, &result));
        assert_eq!(*result.borrow(), [1, 2]);
    });
}

#[test]
fn wait_on_a_finished_one_does_not_switch() {
    check(|| {
        let thread = spawn(|| 5);
        yield_now();
        assert!(thread.is_dead());
        let log = Log::new();
        let theirs = log.clone();
        let other = spawn(move || theirs.add("other"));
        assert_eq!(thread.wait().unwrap(), 5);
        assert_eq!(log.take(), "");
        other.wait().unwrap();
    });
}

#[test]
fn wait_gives_the_payload_of_a_panic() {
    check(|| {
        let exit = spawn(|| std::panic::panic_any(42_u8)).wait().unwrap_err();
        assert!(exit.is_panic() && !exit.is_killed() && !exit.is_timeout());
        assert_eq!(exit.to_string(), "the green thread panicked: Box<dyn Any>");
        assert_eq!(*exit.into_panic().downcast::<u8>().unwrap(), 42);

        let exit = spawn(|| panic!("no {}", "luck")).wait().unwrap_err();
        assert_eq!(format!("{exit:?}"), "Exit(the green thread panicked: no luck)");
        assert_eq!(panic_of(|| exit.resume()), "no luck");
    });
}

#[test]
fn into_panic_of_a_killed_one_is_refused() {
    check(|| {
        let thread = spawn(|| ());
        thread.kill();
        let exit = thread.wait().unwrap_err();
        let text = panic_of(|| exit.into_panic());
        assert_eq!(
            text,
            "into_panic on a green thread that did not panic: the green thread was killed"
        );
    });
}

#[test]
fn a_panic_does_not_stop_the_hub() {
    check(|| {
        let bad = spawn(|| panic!("expected"));
        let good = spawn(|| {
            yield_now();
            "fine"
        });
        assert_eq!(good.wait().unwrap(), "fine");
        assert!(bad.wait().map(|(): ()| ()).unwrap_err().is_panic());
    });
}

#[test]
fn a_dropped_handle_detaches() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        drop(spawn(move || {
            yield_now();
            theirs.add("ran");
            theirs.on_drop("result dropped")
        }));
        yield_now();
        assert_eq!(log.take(), "");
        yield_now();
        assert_eq!(log.take(), "ran result dropped");
    });
}

#[test]
fn a_result_is_dropped_with_the_handle() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let thread = spawn(move || theirs.on_drop("result dropped"));
        let handle = thread.handle();
        yield_now();
        assert_eq!(log.take(), "");
        drop(thread);
        assert_eq!(log.take(), "result dropped");
        assert!(handle.is_dead());
    });
}

#[test]
fn a_panic_in_the_destructor_of_an_unwanted_result_stays_inside() {
    check(|| {
        struct Bad;
        impl Drop for Bad {
            fn drop(&mut self) {
                panic!("expected, from a destructor");
            }
        }
        let handle = spawn_n(|| ());
        drop(spawn(|| Bad));
        yield_now();
        assert!(handle.is_dead());
    });
}

#[test]
fn captured_values_are_dropped_before_the_end_is_told() {
    check(|| {
        let log = Log::new();
        let captured = log.on_drop("captured");
        let thread = spawn(move || drop(captured));
        let theirs = log.clone();
        thread.link(move |_| theirs.add("link"));
        thread.wait().unwrap();
        assert_eq!(log.take(), "captured link");
    });
}

#[test]
fn waiting_for_itself_panics() {
    check(|| {
        let slot = Rc::new(RefCell::new(None::<eventlet::GreenThread<()>>));
        let text = Rc::new(RefCell::new(String::new()));
        let (theirs, their_text) = (slot.clone(), text.clone());
        let thread = spawn(move || {
            let myself = theirs.take().unwrap();
            *their_text.borrow_mut() = panic_of(|| myself.wait());
        });
        *slot.borrow_mut() = Some(thread);
        yield_now();
        assert_eq!(*text.borrow(), "a green thread cannot wait for itself");
    });
}

#[test]
fn spawn_after_starts_in_time_even_if_the_spawner_has_ended() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        let parent = spawn(|| spawn_after(ms(50), || (debug::now(), "ran")));
        let child = parent.wait().unwrap();
        let (at, text) = child.wait().unwrap();
        assert_eq!((at - before, text), (ms(50), "ran"));
    });
}

#[test]
fn timer_fired() {
    check(|| {
        debug::pause_clock();
        let parent = spawn(|| {
            let child = spawn_after_local(ms(10), || "ran");
            sleep(ms(20));
            child
        });
        assert_eq!(parent.wait().unwrap().wait().unwrap(), "ran");
    });
}

#[test]
fn timer_cancelled_upon_greenlet_exit() {
    check(|| {
        debug::pause_clock();
        let parent = spawn(|| spawn_after_local(ms(10), || unreachable!("its parent is dead")));
        let child = parent.wait().unwrap();
        assert!(child.wait().map(|(): ()| ()).unwrap_err().is_killed());
    });
}

/// The main context never ends, so what it spawns this way always runs.
#[test]
fn spawn_is_not_cancelled() {
    check(|| {
        debug::pause_clock();
        let child = spawn_after_local(ms(10), || "ran");
        assert_eq!(child.wait().unwrap(), "ran");
        let parent = spawn(|| spawn(|| "a plain spawn outlives its spawner"));
        assert!(parent.wait().unwrap().wait().is_ok());
    });
}

#[test]
fn a_delay_beyond_the_clock_never_comes() {
    check(|| {
        debug::pause_clock();
        let thread = spawn_after(Duration::MAX, || unreachable!("that is never"));
        sleep(Duration::from_secs(1 << 30));
        assert!(thread.cancel());
        assert!(thread.wait().map(|(): ()| ()).unwrap_err().is_killed());
    });
}

#[test]
fn builder_gives_a_name_a_stack_and_a_delay() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        let builder = Builder::new().name("parser").stack_size(1 << 20).delay(ms(7));
        let thread = builder
            .spawn(|| {
                // Far more than the default stack holds.
                let big = std::hint::black_box([1_u8; 300 * 1024]);
                (current().name().map(str::to_owned), big[1000], debug::now())
            })
            .unwrap();
        assert_eq!(thread.name(), Some("parser"));
        let (name, byte, at) = thread.wait().unwrap();
        assert_eq!((name.as_deref(), byte, at - before), (Some("parser"), 1, ms(7)));
    });
}

#[test]
fn current_is_the_main_context_or_the_green_thread() {
    check(|| {
        let main = current();
        assert_eq!(main.name(), Some("main"));
        assert!(!main.is_dead() && main.is_running());
        let thread = spawn(|| (current(), current().is_running()));
        let handle = thread.handle();
        let (theirs, was_running) = thread.wait().unwrap();
        assert_eq!(theirs, handle);
        assert_ne!(theirs, main);
        assert!(was_running && theirs.is_dead());
        assert_eq!(current(), main);
    });
}

#[test]
fn ids_are_unique_across_hubs() {
    check(|| {
        let ids = || {
            let threads: Vec<_> = (0..3000).map(|_| spawn(|| current().id())).collect();
            threads.into_iter().map(|thread| thread.wait().unwrap()).collect::<Vec<u64>>()
        };
        let others: Vec<_> = (0..3).map(|_| std::thread::spawn(ids)).collect();
        let mut all: HashSet<u64> = ids().into_iter().collect();
        all.extend(others.into_iter().flat_map(|other| other.join().unwrap()));
        assert_eq!(all.len(), 4 * 3000);
    });
}

#[test]
fn handles_say_who_they_are() {
    check(|| {
        let thread = Builder::new().name("parser").spawn(|| ()).unwrap();
        let id = thread.id();
        let text = format!("GreenThread {{ id: {id}, name: Some(\"parser\") }}");
        assert_eq!(format!("{thread:?}"), text);
        let text = format!("Handle {{ id: {id}, name: Some(\"parser\") }}");
        assert_eq!(format!("{:?}", thread.handle()), text);
        assert_eq!(spawn_n(|| ()).spawned_at().line(), line!());
        thread.wait().unwrap();
    });
}
