//! What std documents about thread-locals.

use std::cell::{Cell, RefCell};
use std::panic;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread::{self, AccessError, LocalKey};

use eventlet_tests::{check, panic_of};

std::thread_local! {
    /// With a documentation, a visibility and a constant.
    #[allow(unreachable_pub)]
    pub static COUNT: Cell<u32> = const { Cell::new(5) };
    static WORDS: RefCell<Vec<String>> = RefCell::new(vec!["first".to_owned()]);
    pub(crate) static TEXT: String = String::from("text")
}

/// Sends its name, and what else there is to see, when it is dropped.
struct Tell(&'static str, mpsc::Sender<String>);

impl Drop for Tell {
    fn drop(&mut self) {
        self.1.send(self.0.to_owned()).unwrap();
    }
}

#[test]
fn each_thread_has_a_value_of_its_own() {
    check(|| {
        COUNT.set(1);
        let theirs = thread::spawn(|| COUNT.replace(2)).join().unwrap();
        assert_eq!(theirs, 5);
        assert_eq!(COUNT.get(), 1);
        assert_eq!(thread::spawn(|| COUNT.get()).join().unwrap(), 5);
        COUNT.set(5);
    });
}

#[test]
fn values_stay_apart_while_threads_take_turns() {
    check(|| {
        let threads: Vec<_> = (0..8)
            .map(|n| {
                thread::spawn(move || {
                    COUNT.set(n);
                    for _ in 0..20 {
                        thread::yield_now();
                        COUNT.set(COUNT.get() + 10);
                    }
                    COUNT.get()
                })
            })
            .collect();
        for (n, thread) in threads.into_iter().enumerate() {
            assert_eq!(thread.join().unwrap() as usize, n + 200);
        }
    });
}

#[test]
fn a_value_is_made_when_it_is_first_used() {
    static N_MADE: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static MADE: usize = N_MADE.fetch_add(1, Ordering::SeqCst));
    check(|| {
        thread::spawn(|| ()).join().unwrap();
        assert_eq!(N_MADE.load(Ordering::SeqCst), 0);
        let twice = thread::spawn(|| MADE.with(|n| *n) == MADE.with(|n| *n));
        assert!(twice.join().unwrap());
        assert_eq!(N_MADE.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn with_lends_the_value() {
    check(|| {
        assert_eq!(TEXT.with(|text| text.len()), 4);
        assert_eq!(TEXT.with(String::clone), "text");
        assert_eq!(TEXT.try_with(|text| text.is_empty()), Ok(false));
        let nested = TEXT.with(|outer| TEXT.with(|inner| std::ptr::eq(outer, inner)));
        assert!(nested);
    });
}

#[test]
fn cells_have_shortcuts() {
    thread_local!(static NOTE: Cell<Option<&'static str>> = const { Cell::new(Some("first")) });
    check(|| {
        thread::spawn(|| {
            assert_eq!(NOTE.get(), Some("first"));
            assert_eq!(NOTE.take(), Some("first"));
            assert_eq!(NOTE.replace(Some("second")), None);
            NOTE.set(Some("third"));
            assert_eq!(NOTE.get(), Some("third"));
        })
        .join()
        .unwrap();
    });
}

#[test]
fn ref_cells_have_shortcuts() {
    check(|| {
        thread::spawn(|| {
            WORDS.with_borrow_mut(|words| words.push("second".to_owned()));
            assert_eq!(WORDS.with_borrow(|words| words.len()), 2);
            assert_eq!(WORDS.replace(vec![]), ["first", "second"]);
            WORDS.set(vec!["third".to_owned()]);
            assert_eq!(WORDS.take(), ["third"]);
            assert!(WORDS.take().is_empty());
        })
        .join()
        .unwrap();
    });
}

#[test]
fn setting_does_not_make_the_first_value() {
    std::thread_local! {
        static CELL: Cell<u32> = panic!("not made");
        static REF_CELL: RefCell<u32> = panic!("not made");
    }
    check(|| {
        thread::spawn(|| {
            CELL.set(1);
            REF_CELL.set(2);
            assert_eq!((CELL.get(), REF_CELL.take()), (1, 2));
        })
        .join()
        .unwrap();
    });
}

#[test]
fn making_a_value_may_fail_and_is_tried_again() {
    thread_local!(static FAILS: Cell<u32> = panic!("expected"));
    check(|| {
        thread::spawn(|| {
            assert_eq!(panic_of(|| FAILS.get()), "expected");
            assert_eq!(panic_of(|| FAILS.get()), "expected");
            FAILS.set(3);
            assert_eq!(FAILS.get(), 3);
        })
        .join()
        .unwrap();
    });
}

#[test]
fn borrowing_twice_panics_as_with_any_ref_cell() {
    check(|| {
        thread::spawn(|| {
            let text = panic_of(|| WORDS.with_borrow(|_| WORDS.with_borrow_mut(|_| ())));
            assert!(text.contains("already borrowed"), "{text}");
            assert_eq!(WORDS.with_borrow(Vec::len), 1);
        })
        .join()
        .unwrap();
    });
}

#[test]
fn values_are_dropped_before_the_join_returns() {
    thread_local!(static OWN: RefCell<Option<Tell>> = const { RefCell::new(None) });
    check(|| {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || OWN.set(Some(Tell("dropped", sender)))).join().unwrap();
        assert_eq!(receiver.try_recv().as_deref(), Ok("dropped"));
    });
}

#[test]
fn values_are_dropped_after_a_panic_too() {
    thread_local!(static OWN: RefCell<Option<Tell>> = const { RefCell::new(None) });
    check(|| {
        let (sender, receiver) = mpsc::channel();
        let panicking = thread::spawn(move || {
            OWN.set(Some(Tell("dropped", sender)));
            panic!("expected");
        });
        assert!(panicking.join().is_err());
        assert_eq!(receiver.try_recv().as_deref(), Ok("dropped"));
    });
}

#[test]
fn values_are_dropped_after_what_the_closure_holds() {
    thread_local!(static OWN: RefCell<Option<Tell>> = const { RefCell::new(None) });
    check(|| {
        let (sender, receiver) = mpsc::channel();
        let theirs = sender.clone();
        thread::spawn(move || {
            OWN.set(Some(Tell("local", theirs)));
            let _held = Tell("held", sender);
        })
        .join()
        .unwrap();
        assert_eq!(receiver.iter().collect::<Vec<_>>(), ["held", "local"]);
    });
}

#[test]
fn a_value_cannot_be_reached_from_its_own_destructor() {
    struct Last(mpsc::Sender<String>);
    impl Drop for Last {
        fn drop(&mut self) {
            let error = LAST.try_with(|_| ()).unwrap_err();
            self.0
                .send(format!("{error} {error:?} {}", error == AccessError::clone(&error)))
                .unwrap();
        }
    }
    thread_local!(static LAST: RefCell<Option<Last>> = const { RefCell::new(None) });
    check(|| {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || LAST.set(Some(Last(sender)))).join().unwrap();
        assert_eq!(receiver.recv().unwrap(), "already destroyed AccessError true");
    });
}

#[test]
fn other_values_can_be_made_in_a_destructor() {
    struct Late(mpsc::Sender<u32>);
    impl Drop for Late {
        fn drop(&mut self) {
            self.0.send(COUNT.replace(9) + COUNT.get()).unwrap();
        }
    }
    thread_local!(static LATE: RefCell<Option<Late>> = const { RefCell::new(None) });
    check(|| {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || LATE.set(Some(Late(sender)))).join().unwrap();
        assert_eq!(receiver.recv(), Ok(14));
    });
}

#[test]
fn replacing_a_value_drops_the_old_one_at_once() {
    thread_local!(static OWN: RefCell<Option<Tell>> = const { RefCell::new(None) });
    check(|| {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            OWN.set(Some(Tell("first", sender.clone())));
            OWN.set(Some(Tell("second", sender.clone())));
            assert_eq!(receiver.try_recv().as_deref(), Ok("first"));
            drop(OWN.take());
            assert_eq!(receiver.try_recv().as_deref(), Ok("second"));
            drop(sender);
            assert!(receiver.try_recv().is_err());
        })
        .join()
        .unwrap();
    });
}

#[test]
fn keys_are_values() {
    fn bump(key: &'static LocalKey<Cell<u32>>) -> u32 {
        key.set(key.get() + 1);
        key.get()
    }
    check(|| {
        assert_eq!(thread::spawn(|| bump(&COUNT) + bump(&COUNT)).join().unwrap(), 13);
        assert_eq!(format!("{COUNT:?}"), "LocalKey { .. }");
    });
}

#[test]
fn keys_of_the_same_name_are_different() {
    fn one() -> u32 {
        thread_local!(static N: Cell<u32> = const { Cell::new(10) });
        N.replace(11)
    }
    fn two() -> u32 {
        std::thread_local! { static N: Cell<u32> = const { Cell::new(20) } }
        N.replace(21)
    }
    check(|| {
        let both = thread::spawn(|| [one(), two(), one(), two()]);
        assert_eq!(both.join().unwrap(), [10, 20, 11, 21]);
    });
}

#[test]
fn scoped_threads_have_values_of_their_own() {
    check(|| {
        COUNT.set(1);
        thread::scope(|s| {
            s.spawn(|| assert_eq!(COUNT.replace(2), 5));
        });
        assert_eq!(COUNT.replace(5), 1);
    });
}

#[test]
fn a_panic_inside_leaves_the_value() {
    check(|| {
        thread::spawn(|| {
            let failed = panic::catch_unwind(|| COUNT.with(|_| panic!("expected")));
            assert!(failed.is_err());
            assert_eq!(COUNT.get(), 5);
        })
        .join()
        .unwrap();
    });
}

#[test]
fn keys_and_errors_can_be_shared() {
    fn shared<T: Send + Sync + std::fmt::Debug>() {}
    shared::<LocalKey<Cell<u8>>>();
    shared::<LocalKey<std::rc::Rc<u8>>>();
    shared::<AccessError>();
    fn error<T: std::error::Error + Copy + Eq>() {}
    error::<AccessError>();
}
