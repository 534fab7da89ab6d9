//! `green::thread` behaves as `std::thread` does, as far as one OS thread can.

use std::cell::Cell;
use std::collections::HashSet;
use std::io::ErrorKind;
use std::rc::Rc;
use std::time::Duration;

use eventlet::green::thread;
use eventlet::{debug, with_timeout};
use eventlet_tests::{Log, check, ms, panic_text, timed};

#[test]
fn results_and_panics_are_joined() {
    check(|| {
        assert_eq!(thread::spawn(|| 5).join().unwrap(), 5);
        let payload = thread::spawn(|| std::panic::panic_any(7u8)).join().unwrap_err();
        assert_eq!(payload.downcast_ref(), Some(&7u8));
        let payload = thread::spawn(|| panic!("text {}", 1)).join().unwrap_err();
        assert_eq!(panic_text(payload), "text 1");
    });
}

#[test]
fn what_is_spawned_need_not_be_send() {
    check(|| {
        let shared = Rc::new(Cell::new(1));
        let theirs = shared.clone();
        let handle = thread::spawn(move || {
            theirs.set(2);
            theirs
        });
        assert!(Rc::ptr_eq(&handle.join().unwrap(), &shared));
        assert_eq!(shared.get(), 2);
    });
}

#[test]
fn the_killed_say_so() {
    check(|| {
        let handle = thread::spawn(|| eventlet::current().kill());
        assert_eq!(panic_text(handle.join().unwrap_err()), "the green thread was killed");
        let handle = thread::spawn(|| {
            let _limit = eventlet::Timeout::new(ms(1));
            thread::sleep(ms(10_000));
        });
        let payload = handle.join().unwrap_err();
        assert_eq!(
            payload.downcast_ref::<String>().unwrap(),
            "the green thread was ended by a timeout"
        );
        let handle = thread::spawn(|| thread::sleep(ms(10_000)));
        let green = handle.green_handle().unwrap();
        thread::yield_now();
        green.kill();
        assert!(handle.green_handle().is_none());
        assert_eq!(panic_text(handle.join().unwrap_err()), "the green thread was killed");
    });
}

#[test]
fn dropping_the_handle_detaches() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        drop(thread::spawn(move || {
            thread::sleep(ms(1));
            theirs.add("done");
        }));
        thread::sleep(ms(10));
        assert_eq!(log.take(), "done");
    });
}

#[test]
fn finished_when_it_is_over() {
    check(|| {
        let handle = thread::spawn(|| thread::sleep(ms(5)));
        assert!(!handle.is_finished());
        thread::yield_now();
        assert!(!handle.is_finished());
        while !handle.is_finished() {
            thread::sleep(ms(1));
        }
        handle.join().unwrap();
    });
}

#[test]
fn names_and_ids() {
    check(|| {
        let builder = thread::Builder::new().name("worker".to_owned()).stack_size(256 * 1024);
        let handle = builder.spawn(thread::current).unwrap();
        assert_eq!(handle.thread().name(), Some("worker"));
        let id = handle.thread().id();
        let seen = handle.join().unwrap();
        assert_eq!((seen.id(), seen.name()), (id, Some("worker")));
        assert!(format!("{seen:?}").contains("worker"));

        let main = thread::current();
        assert_eq!(main.name(), std::thread::current().name());
        let ids: HashSet<_> =
            (0..100).map(|_| thread::spawn(|| thread::current().id()).join().unwrap()).collect();
        assert_eq!(ids.len(), 100);
        assert!(!ids.contains(&main.id()));
        let elsewhere = std::thread::spawn(|| thread::current().id()).join().unwrap();
        assert_ne!(elsewhere, main.id());
    });
}

#[test]
fn what_can_be_sent() {
    fn shared<T: Send + Sync + Clone>() {}
    shared::<thread::Thread>();
    shared::<thread::ThreadId>();
}

#[test]
fn a_stack_size_out_of_range_is_an_error() {
    check(|| {
        for size in [(1 << 30) + 1, usize::MAX] {
            let refused = thread::Builder::new().stack_size(size).spawn(|| ());
            assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidInput);
        }
    });
}

#[test]
fn sleep_lasts_and_yield_lets_others_run() {
    check(|| {
        let log = Log::new();
        let handles: Vec<_> = ["a", "b"]
            .map(|name| {
                let log = log.clone();
                thread::spawn(move || {
                    for _ in 0..3 {
                        log.add(name);
                        thread::yield_now();
                    }
                })
            })
            .into();
        handles.into_iter().for_each(|handle| handle.join().unwrap());
        assert_eq!(log.take(), "a b a b a b");

        timed(ms(20), || thread::sleep(ms(20)));
        debug::pause_clock();
        let start = debug::now();
        let handles: Vec<_> = (0..50).map(|_| thread::spawn(|| thread::sleep(ms(20)))).collect();
        handles.into_iter().for_each(|handle| handle.join().unwrap());
        assert_eq!(debug::now() - start, ms(20), "they sleep at the same time");
        assert!(with_timeout(ms(1), || thread::sleep(Duration::MAX)).is_err());
    });
}

#[test]
fn the_spawner_is_blamed() {
    check(|| {
        let line = line!() + 1;
        let handle = thread::spawn(|| eventlet::current().spawned_at());
        let place = handle.join().unwrap();
        assert_eq!((place.file().ends_with("green_thread_std.rs"), place.line()), (true, line));
    });
}

#[test]
fn what_does_not_wait_is_stds() {
    assert!(!thread::panicking());
    assert_eq!(
        thread::available_parallelism().unwrap(),
        std::thread::available_parallelism().unwrap()
    );
    let ok: thread::Result<()> = Ok(());
    assert!(ok.is_ok());
}
