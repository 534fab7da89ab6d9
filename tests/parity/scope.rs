//! What std documents about scoped threads.

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, Builder, Scope, ScopedJoinHandle};
use std::time::Duration;

use eventlet_tests::{check, panic_of, panic_text};

#[test]
fn threads_borrow_what_is_around() {
    check(|| {
        let words = vec!["one".to_owned(), "two".to_owned()];
        let lengths = thread::scope(|s| {
            let first = s.spawn(|| words[0].len());
            let all = s.spawn(|| words.concat());
            (first.join().unwrap(), all.join().unwrap())
        });
        assert_eq!(lengths, (3, "onetwo".to_owned()));
        drop(words);
    });
}

#[test]
fn threads_change_what_is_around() {
    check(|| {
        let (mut a, mut b) = (vec![1, 2, 3], 0);
        thread::scope(|s| {
            s.spawn(|| a.push(4));
            s.spawn(|| b = 5);
        });
        assert_eq!((a, b), (vec![1, 2, 3, 4], 5));
    });
}

#[test]
fn the_scope_waits_for_all() {
    check(|| {
        let n_done = AtomicUsize::new(0);
        thread::scope(|s| {
            for _ in 0..10 {
                s.spawn(|| {
                    thread::sleep(Duration::from_millis(1));
                    n_done.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(n_done.into_inner(), 10);
    });
}

#[test]
fn the_scope_returns_what_its_closure_does() {
    check(|| {
        assert_eq!(thread::scope(|_| 5), 5);
        let words = ["a", "b"];
        let last: &str = thread::scope(|s| s.spawn(|| *words.last().unwrap()).join().unwrap());
        assert_eq!(last, "b");
    });
}

#[test]
fn threads_spawn_threads_in_the_same_scope() {
    check(|| {
        let n_run = AtomicUsize::new(0);
        thread::scope(|s| {
            s.spawn(|| {
                n_run.fetch_add(1, Ordering::SeqCst);
                s.spawn(|| {
                    n_run.fetch_add(1, Ordering::SeqCst);
                    s.spawn(|| n_run.fetch_add(1, Ordering::SeqCst));
                });
            });
        });
        assert_eq!(n_run.into_inner(), 3);
    });
}

#[test]
fn scopes_lie_in_scopes() {
    check(|| {
        let mut total = 0;
        thread::scope(|outer| {
            outer.spawn(|| {
                let mut parts = [0; 3];
                thread::scope(|inner| {
                    for (n, part) in parts.iter_mut().enumerate() {
                        inner.spawn(move || *part = n + 1);
                    }
                });
                total = parts.iter().sum();
            });
        });
        assert_eq!(total, 6);
    });
}

#[test]
fn a_scope_is_handed_to_functions() {
    check(|| {
        fn fill<'scope>(s: &'scope Scope<'scope, '_>, data: &'scope mut [u8]) {
            for chunk in data.chunks_mut(2) {
                s.spawn(|| chunk.fill(1));
            }
        }
        let mut data = [0; 7];
        thread::scope(|s| fill(s, &mut data));
        assert_eq!(data, [1; 7]);
    });
}

#[test]
fn a_panic_that_is_joined_is_over() {
    check(|| {
        let after = thread::scope(|s| {
            let payload = s.spawn(|| panic!("joined")).join().unwrap_err();
            assert_eq!(payload.downcast_ref(), Some(&"joined"));
            "after"
        });
        assert_eq!(after, "after");
    });
}

#[test]
fn a_panic_that_nobody_joins_makes_the_scope_panic() {
    check(|| {
        let text = panic_of(|| thread::scope(|s| drop(s.spawn(|| panic!("unseen")))));
        assert_eq!(text, "a scoped thread panicked");
    });
}

#[test]
fn such_a_scope_waits_for_the_others_first() {
    check(|| {
        let is_done = AtomicBool::new(false);
        let text = panic_of(|| {
            thread::scope(|s| {
                s.spawn(|| panic!("unseen"));
                s.spawn(|| {
                    thread::sleep(Duration::from_millis(3));
                    is_done.store(true, Ordering::SeqCst);
                });
            });
        });
        assert_eq!(text, "a scoped thread panicked");
        assert!(is_done.into_inner());
    });
}

#[test]
fn one_unseen_panic_among_joined_ones_is_enough() {
    check(|| {
        let text = panic_of(|| {
            thread::scope(|s| {
                s.spawn(|| panic!("joined")).join().unwrap_err();
                s.spawn(|| ()).join().unwrap();
                s.spawn(|| panic!("unseen"));
            });
        });
        assert_eq!(text, "a scoped thread panicked");
    });
}

#[test]
fn a_panic_of_the_closure_is_passed_on_when_all_have_ended() {
    check(|| {
        let n_done = AtomicUsize::new(0);
        let text = panic_of(|| {
            thread::scope(|s| {
                for _ in 0..3 {
                    s.spawn(|| {
                        thread::sleep(Duration::from_millis(2));
                        n_done.fetch_add(1, Ordering::SeqCst);
                    });
                }
                panic!("of the closure");
            })
        });
        assert_eq!(text, "of the closure");
        assert_eq!(n_done.into_inner(), 3);
    });
}

#[test]
fn the_panic_of_the_closure_goes_before_that_of_a_thread() {
    check(|| {
        let text = panic_of(|| {
            thread::scope(|s| {
                s.spawn(|| panic!("of a thread"));
                panic!("of the closure");
            })
        });
        assert_eq!(text, "of the closure");
    });
}

#[test]
fn unwrapping_a_panic_makes_the_scope_panic_with_it() {
    check(|| {
        let payload = panic::catch_unwind(AssertUnwindSafe(|| {
            thread::scope(|s| {
                let thread = s.spawn(|| panic::panic_any(5));
                thread.join().unwrap_or_else(|payload| panic::resume_unwind(payload))
            })
        }));
        assert_eq!(*payload.unwrap_err().downcast::<i32>().unwrap(), 5);
    });
}

#[test]
fn scoped_threads_have_names() {
    check(|| {
        thread::scope(|s| {
            let builder = Builder::new().name("scoped".to_owned()).stack_size(64 * 1024);
            let handle = builder.spawn_scoped(s, thread::current).unwrap();
            assert_eq!(handle.thread().name(), Some("scoped"));
            let id = handle.thread().id();
            let seen = handle.join().unwrap();
            assert_eq!((seen.id(), seen.name()), (id, Some("scoped")));
            assert_eq!(s.spawn(|| ()).thread().name(), None);
        });
    });
}

#[test]
fn a_scoped_name_with_a_null_byte_is_refused_by_a_panic() {
    check(|| {
        let text = panic_of(|| {
            thread::scope(|s| {
                drop(Builder::new().name("\0".to_owned()).spawn_scoped(s, || ()));
            });
        });
        assert!(text.contains("thread name may not contain interior null bytes"), "{text}");
    });
}

#[test]
fn finished_when_it_is_over() {
    check(|| {
        let may_end = AtomicBool::new(false);
        thread::scope(|s| {
            let handle = s.spawn(|| {
                while !may_end.load(Ordering::Acquire) {
                    thread::yield_now();
                }
            });
            assert!(!handle.is_finished());
            may_end.store(true, Ordering::Release);
            while !handle.is_finished() {
                thread::yield_now();
            }
            handle.join().unwrap();
        });
    });
}

#[test]
fn handles_may_be_joined_by_other_threads_of_the_scope() {
    check(|| {
        let text = String::from("passed along");
        let result = thread::scope(|s| {
            let first = s.spawn(|| text.as_str());
            s.spawn(move || first.join().unwrap()).join().unwrap()
        });
        assert_eq!(result, "passed along");
    });
}

#[test]
fn many_handles_are_joined_in_order() {
    check(|| {
        let numbers: Vec<u32> = (0..20).collect();
        let squares: Vec<u32> = thread::scope(|s| {
            let handles: Vec<ScopedJoinHandle<'_, u32>> =
                numbers.iter().map(|n| s.spawn(move || n * n)).collect();
            handles.into_iter().map(|handle| handle.join().unwrap()).collect()
        });
        assert_eq!(squares, numbers.iter().map(|n| n * n).collect::<Vec<_>>());
    });
}

#[test]
fn results_that_nobody_fetches_are_dropped() {
    check(|| {
        struct Counted<'a>(&'a AtomicUsize);
        impl Drop for Counted<'_> {
            fn drop(&mut self) {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
        let n_dropped = AtomicUsize::new(0);
        thread::scope(|s| {
            drop(s.spawn(|| Counted(&n_dropped)));
            let _kept = s.spawn(|| Counted(&n_dropped));
        });
        assert_eq!(n_dropped.into_inner(), 2);
    });
}

#[test]
fn a_scope_can_be_used_again_after_a_panic_around_it() {
    check(|| {
        let mut data = vec![1, 2, 3];
        let failed = panic::catch_unwind(AssertUnwindSafe(|| {
            thread::scope(|s| {
                s.spawn(|| data.push(4));
                s.spawn(|| panic!("expected"));
            });
        }));
        assert_eq!(panic_text(failed.unwrap_err()), "a scoped thread panicked");
        thread::scope(|s| {
            s.spawn(|| data.push(5));
        });
        assert_eq!(data, [1, 2, 3, 4, 5]);
    });
}

#[test]
fn scoped_threads_can_be_unparked() {
    check(|| {
        let flag = AtomicBool::new(false);
        thread::scope(|s| {
            let parked = s.spawn(|| {
                while !flag.load(Ordering::Acquire) {
                    thread::park();
                }
            });
            flag.store(true, Ordering::Release);
            parked.thread().unpark();
        });
    });
}

#[test]
fn debug_texts() {
    check(|| {
        thread::scope(|s| {
            assert!(format!("{s:?}").starts_with("Scope {"));
            assert_eq!(format!("{:?}", s.spawn(|| ())), "ScopedJoinHandle { .. }");
        });
    });
}
