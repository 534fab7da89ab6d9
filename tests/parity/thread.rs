//! What std documents about spawning and joining.

use std::any::Any;
use std::collections::HashSet;
use std::io::ErrorKind;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::{self, Builder, JoinHandle, Thread, ThreadId};
use std::time::{Duration, Instant};

use eventlet_tests::check;

/// Counts how often it is dropped.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn payload_of<T>(result: thread::Result<T>) -> Box<dyn Any + Send> {
    result.err().expect("the thread has panicked")
}

#[test]
fn join_returns_what_the_closure_returns() {
    check(|| {
        assert_eq!(thread::spawn(|| 6 * 7).join().unwrap(), 42);
        let text = String::from("moved in");
        assert_eq!(thread::spawn(move || text + " and out").join().unwrap(), "moved in and out");
    });
}

#[test]
fn join_gives_the_literal_of_a_panic() {
    check(|| {
        let payload = payload_of(thread::spawn(|| panic!("no luck")).join());
        assert_eq!(payload.downcast_ref::<&'static str>(), Some(&"no luck"));
    });
}

#[test]
fn join_gives_the_formatted_text_of_a_panic() {
    check(|| {
        let n = 3;
        let payload = payload_of(thread::spawn(move || panic!("no luck {n} times")).join());
        assert_eq!(payload.downcast_ref::<String>().unwrap(), "no luck 3 times");
    });
}

#[test]
fn join_gives_the_value_a_panic_carries() {
    check(|| {
        let payload = payload_of(thread::spawn(|| panic::panic_any(7u8)).join());
        assert_eq!(*payload.downcast::<u8>().unwrap(), 7);
    });
}

#[test]
fn join_gives_what_was_resumed_with() {
    check(|| {
        let unwinding = thread::spawn(|| panic::resume_unwind(Box::new(vec![1, 2])));
        let payload = payload_of(unwinding.join());
        assert_eq!(*payload.downcast::<Vec<i32>>().unwrap(), [1, 2]);
    });
}

#[test]
fn a_panic_can_be_passed_on_by_the_joiner() {
    check(|| {
        let outer = thread::spawn(|| {
            let inner = thread::spawn(|| panic!("passed on"));
            inner.join().unwrap_or_else(|payload| panic::resume_unwind(payload))
        });
        assert_eq!(payload_of(outer.join()).downcast_ref(), Some(&"passed on"));
    });
}

#[test]
fn a_panic_of_one_harms_no_other() {
    check(|| {
        let threads: Vec<_> =
            (0..6).map(|n| thread::spawn(move || if n % 2 == 0 { panic!() } else { n })).collect();
        let results: Vec<_> = threads.into_iter().map(|thread| thread.join().ok()).collect();
        assert_eq!(results, [None, Some(1), None, Some(3), None, Some(5)]);
    });
}

#[test]
fn a_panic_that_is_caught_inside_is_no_panic() {
    check(|| {
        let thread = thread::spawn(|| panic::catch_unwind(|| panic!("caught")).is_err());
        assert!(thread.join().unwrap());
    });
}

#[test]
fn threads_have_the_names_they_are_given() {
    check(|| {
        let builder = Builder::new().name("worker".to_owned());
        let handle = builder.spawn(|| thread::current().name().map(str::to_owned)).unwrap();
        assert_eq!(handle.thread().name(), Some("worker"));
        assert_eq!(handle.join().unwrap().as_deref(), Some("worker"));
    });
}

#[test]
fn threads_without_a_name_have_none() {
    check(|| {
        let handle = thread::spawn(|| thread::current().name().is_none());
        assert_eq!(handle.thread().name(), None);
        assert!(handle.join().unwrap());
        let handle = Builder::new().spawn(|| thread::current().name().is_none()).unwrap();
        assert!(handle.join().unwrap());
    });
}

#[test]
fn names_may_be_long_empty_or_not_ascii() {
    check(|| {
        for name in ["", "größer als fünfzehn Bytes", &"long".repeat(50)] {
            let handle = Builder::new().name(name.to_owned()).spawn(thread::current).unwrap();
            assert_eq!(handle.join().unwrap().name(), Some(name));
        }
    });
}

#[test]
fn a_name_with_a_null_byte_is_refused_by_a_panic() {
    check(|| {
        let builder = Builder::new().name("a\0b".to_owned());
        let refused = panic::catch_unwind(AssertUnwindSafe(|| builder.spawn(|| ())));
        let payload = refused.err().unwrap();
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or(payload.downcast_ref::<&str>().copied()).unwrap();
        assert!(text.contains("thread name may not contain interior null bytes"), "{text}");
    });
}

#[test]
fn ids_are_the_same_for_everyone_and_differ() {
    check(|| {
        let handle = thread::spawn(|| thread::current().id());
        let id = handle.thread().id();
        assert_eq!(handle.join().unwrap(), id);
        assert_ne!(thread::current().id(), id);
        assert_eq!(thread::current().id(), thread::current().id());

        let handles: Vec<JoinHandle<ThreadId>> =
            (0..50).map(|_| thread::spawn(|| thread::current().id())).collect();
        let ids: HashSet<_> = handles.into_iter().map(|handle| handle.join().unwrap()).collect();
        assert_eq!(ids.len(), 50);
    });
}

#[test]
fn a_thread_can_be_cloned_and_outlives_its_end() {
    check(|| {
        let handle = Builder::new().name("gone".to_owned()).spawn(|| ()).unwrap();
        let (thread, id) = (handle.thread().clone(), handle.thread().id());
        handle.join().unwrap();
        assert_eq!((thread.id(), thread.name()), (id, Some("gone")));
        assert_eq!(thread.clone().id(), id);
    });
}

#[test]
fn finished_when_the_closure_has_returned() {
    check(|| {
        let (go, may_go) = mpsc::channel::<()>();
        let handle = thread::spawn(move || may_go.recv());
        thread::yield_now();
        assert!(!handle.is_finished());
        go.send(()).unwrap();
        while !handle.is_finished() {
            thread::yield_now();
        }
        handle.join().unwrap().unwrap();
    });
}

#[test]
fn finished_after_a_panic_too() {
    check(|| {
        let handle = thread::spawn(|| panic!("expected"));
        while !handle.is_finished() {
            thread::sleep(Duration::from_millis(1));
        }
        assert!(handle.join().is_err());
    });
}

#[test]
fn dropping_the_handle_detaches() {
    check(|| {
        let (done, is_done) = mpsc::channel();
        drop(thread::spawn(move || {
            thread::sleep(Duration::from_millis(1));
            done.send(5).unwrap();
        }));
        assert_eq!(is_done.recv(), Ok(5));
    });
}

#[test]
fn the_result_of_a_detached_thread_is_dropped() {
    check(|| {
        let (done, is_done) = mpsc::channel();
        struct Tell(mpsc::Sender<&'static str>);
        impl Drop for Tell {
            fn drop(&mut self) {
                self.0.send("dropped").unwrap();
            }
        }
        drop(thread::spawn(move || Tell(done)));
        assert_eq!(is_done.recv(), Ok("dropped"));
    });
}

#[test]
fn what_the_closure_has_captured_is_gone_after_the_join() {
    check(|| {
        let dropped = Arc::new(AtomicUsize::new(0));
        let captured = Counted(dropped.clone());
        thread::spawn(move || assert_eq!(captured.0.load(Ordering::SeqCst), 0)).join().unwrap();
        assert_eq!(dropped.load(Ordering::SeqCst), 1);

        let captured = Counted(dropped.clone());
        let panicking = thread::spawn(move || {
            let _captured = captured;
            panic!("expected")
        });
        assert!(panicking.join().is_err());
        assert_eq!(dropped.load(Ordering::SeqCst), 2);
        assert_eq!(Arc::strong_count(&dropped), 1);
    });
}

#[test]
fn a_result_is_dropped_once_by_whoever_has_it() {
    check(|| {
        let dropped = Arc::new(AtomicUsize::new(0));
        let result = Counted(dropped.clone());
        let result = thread::spawn(move || result).join().unwrap();
        assert_eq!(dropped.load(Ordering::SeqCst), 0);
        drop(result);
        assert_eq!(dropped.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_result_that_nobody_fetches_goes_with_the_handle() {
    check(|| {
        let dropped = Arc::new(AtomicUsize::new(0));
        let result = Counted(dropped.clone());
        let handle = thread::spawn(move || result);
        while !handle.is_finished() {
            thread::yield_now();
        }
        drop(handle);
        while dropped.load(Ordering::SeqCst) == 0 {
            thread::yield_now();
        }
        assert_eq!(dropped.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn panicking_is_true_in_destructors_of_an_unwind() {
    check(|| {
        struct Tell(mpsc::Sender<bool>);
        impl Drop for Tell {
            fn drop(&mut self) {
                self.0.send(thread::panicking()).unwrap();
            }
        }
        let (sender, receiver) = mpsc::channel();
        let theirs = sender.clone();
        let panics = thread::spawn(move || {
            let _tell = Tell(theirs);
            panic!("expected");
        });
        assert!(panics.join().is_err());
        assert_eq!(receiver.recv(), Ok(true));
        thread::spawn(move || drop(Tell(sender))).join().unwrap();
        assert_eq!(receiver.recv(), Ok(false));
        assert!(!thread::panicking());
    });
}

#[test]
fn threads_spawn_threads() {
    check(|| {
        fn tree(depth: u32) -> u32 {
            if depth == 0 {
                return 1;
            }
            let left = thread::spawn(move || tree(depth - 1));
            let right = thread::spawn(move || tree(depth - 1));
            left.join().unwrap() + right.join().unwrap()
        }
        assert_eq!(tree(4), 16);
    });
}

#[test]
fn a_thread_can_be_joined_by_another_one_than_its_spawner() {
    check(|| {
        let (go, may_go) = mpsc::channel();
        let worker = thread::spawn(move || may_go.recv().unwrap());
        let joiner = thread::spawn(move || worker.join().unwrap());
        go.send("through two threads").unwrap();
        assert_eq!(joiner.join().unwrap(), "through two threads");
    });
}

#[test]
fn a_child_outlives_its_parent() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        let parent = thread::spawn(move || {
            thread::spawn(move || {
                thread::sleep(Duration::from_millis(2));
                sender.send("alone").unwrap();
            })
        });
        let child = parent.join().unwrap();
        assert_eq!(receiver.recv(), Ok("alone"));
        child.join().unwrap();
    });
}

#[test]
fn sleeping_takes_at_least_its_time() {
    check(|| {
        let start = Instant::now();
        thread::sleep(Duration::from_millis(3));
        assert!(start.elapsed() >= Duration::from_millis(3));
        let start = Instant::now();
        #[allow(deprecated)]
        thread::sleep_ms(3);
        assert!(start.elapsed() >= Duration::from_millis(3));
        thread::sleep(Duration::ZERO);
        thread::yield_now();
    });
}

#[test]
fn stack_sizes_that_are_too_small_are_raised() {
    check(|| {
        for size in [0, 1, 4096, 16_384] {
            let handle = Builder::new().stack_size(size).spawn(move || size.to_string()).unwrap();
            assert_eq!(handle.join().unwrap(), size.to_string());
        }
    });
}

#[test]
fn a_large_stack_can_be_used() {
    check(|| {
        fn fill(depth: u32) -> u64 {
            let frame = std::hint::black_box([u64::from(depth); 1024]);
            if depth == 0 { 0 } else { fill(depth - 1) + frame[1000] }
        }
        let handle = Builder::new().stack_size(8 << 20).spawn(|| fill(500)).unwrap();
        assert_eq!(handle.join().unwrap(), (1..=500).sum());
    });
}

#[test]
#[allow(unsafe_code, reason = "it is what is tested")]
fn unchecked_threads_may_borrow() {
    check(|| {
        let words = ["a".to_owned(), "b".to_owned()];
        // SAFETY: it is joined in the next statement, and nothing in between unwinds.
        let handle = unsafe { Builder::new().spawn_unchecked(|| words.iter().map(String::as_str)) };
        assert_eq!(handle.unwrap().join().unwrap().collect::<String>(), "ab");
    });
}

#[test]
fn debug_texts_name_the_thread() {
    check(|| {
        let builder = Builder::new().name("shown".to_owned());
        assert!(format!("{builder:?}").contains("shown"));
        let handle = builder.spawn(|| ()).unwrap();
        assert_eq!(format!("{handle:?}"), "JoinHandle { .. }");
        let (thread, id) = (handle.thread(), handle.thread().id());
        assert_eq!(
            format!("{thread:?}"),
            format!("Thread {{ id: {id:?}, name: Some(\"shown\"), .. }}")
        );
        assert!(format!("{id:?}").starts_with("ThreadId("));
        handle.join().unwrap();
    });
}

#[test]
fn handles_can_be_sent_and_shared() {
    fn shared<T: Send + Sync>() {}
    shared::<JoinHandle<u8>>();
    shared::<Thread>();
    shared::<ThreadId>();
    shared::<Builder>();
    fn unwind_safe<T: panic::UnwindSafe + panic::RefUnwindSafe>() {}
    unwind_safe::<Thread>();
    unwind_safe::<ThreadId>();
    unwind_safe::<Builder>();
}

#[test]
fn handles_lie_in_structures_behind_locks() {
    check(|| {
        let handles = Arc::new(std::sync::Mutex::new(Vec::new()));
        for n in 0..4 {
            handles.lock().unwrap().push(thread::spawn(move || n));
        }
        let theirs = handles.clone();
        let sum = thread::spawn(move || {
            let handles = std::mem::take(&mut *theirs.lock().unwrap());
            handles.into_iter().map(|handle| handle.join().unwrap()).sum::<i32>()
        });
        assert_eq!(sum.join().unwrap(), 6);
    });
}

#[test]
fn there_is_at_least_one_core() {
    check(|| assert!(thread::available_parallelism().unwrap().get() >= 1));
}

#[test]
fn a_stack_without_measure_is_an_error_or_refused() {
    check(|| {
        let spawn = || Builder::new().stack_size(1 << 60).spawn(|| ());
        if let Ok(Err(error)) = panic::catch_unwind(spawn) {
            let kinds = [ErrorKind::InvalidInput, ErrorKind::OutOfMemory, ErrorKind::WouldBlock];
            assert!(kinds.contains(&error.kind()), "{error:?}");
        }
    });
}
