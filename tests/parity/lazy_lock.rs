//! What std documents about `std::sync::LazyLock`.

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, mpsc};
use std::thread;
use std::time::Duration;

use eventlet_tests::{check, panic_of};

const POISONED: &str = "LazyLock instance has previously been poisoned";

#[test]
fn made_when_it_is_first_used() {
    check(|| {
        let n_made = AtomicUsize::new(0);
        let lazy = LazyLock::new(|| n_made.fetch_add(1, Ordering::SeqCst) + 5);
        assert_eq!(n_made.load(Ordering::SeqCst), 0);
        assert_eq!((*lazy, *lazy), (5, 5));
        assert_eq!(n_made.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn in_a_static_it_is_there_for_all_threads() {
    static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
        thread::sleep(Duration::from_millis(2));
        vec!["a".to_owned(), "b".to_owned()]
    });
    check(|| {
        let readers: Vec<_> = (0..6).map(|_| thread::spawn(|| WORDS.concat())).collect();
        readers.into_iter().for_each(|reader| assert_eq!(reader.join().unwrap(), "ab"));
        assert_eq!(WORDS.len(), 2);
    });
}

#[test]
fn forcing_is_using() {
    check(|| {
        let lazy = LazyLock::new(|| "made".to_owned());
        assert_eq!(LazyLock::force(&lazy), "made");
        assert!(std::ptr::eq(LazyLock::force(&lazy), &*lazy));
    });
}

#[test]
fn looking_does_not_make_it() {
    check(|| {
        let mut lazy = LazyLock::new(|| 5);
        assert_eq!(LazyLock::get(&lazy), None);
        assert_eq!(LazyLock::get_mut(&mut lazy), None);
        assert_eq!(*lazy, 5);
        assert_eq!(LazyLock::get(&lazy), Some(&5));
        *LazyLock::get_mut(&mut lazy).unwrap() = 6;
        assert_eq!(*lazy, 6);
    });
}

#[test]
fn its_owner_can_change_it() {
    check(|| {
        let mut lazy = LazyLock::new(|| vec![1]);
        lazy.push(2);
        LazyLock::force_mut(&mut lazy).push(3);
        assert_eq!(*lazy, [1, 2, 3]);
    });
}

#[test]
fn a_panic_poisons_for_good() {
    check(|| {
        let mut lazy: LazyLock<u8> = LazyLock::new(|| panic!("expected"));
        assert_eq!(panic_of(|| *lazy), "expected");
        assert_eq!(panic_of(|| *lazy), POISONED);
        assert_eq!(panic_of(|| *LazyLock::force(&lazy)), POISONED);
        assert_eq!(LazyLock::get(&lazy), None);
        assert_eq!(panic_of(|| *LazyLock::force_mut(&mut lazy)), POISONED);
        assert_eq!(LazyLock::get_mut(&mut lazy), None);
    });
}

#[test]
fn a_panic_poisons_when_its_owner_makes_it() {
    check(|| {
        let mut lazy: LazyLock<u8> = LazyLock::new(|| panic!("expected"));
        assert_eq!(panic_of(|| *LazyLock::force_mut(&mut lazy)), "expected");
        assert_eq!(panic_of(|| *lazy), POISONED);
    });
}

#[test]
fn those_who_wait_hear_of_the_panic() {
    static LAZY: LazyLock<u8> = LazyLock::new(|| {
        thread::sleep(Duration::from_millis(3));
        panic!("expected")
    });
    check(|| {
        let readers: Vec<_> = (0..4).map(|_| thread::spawn(|| panic_of(|| *LAZY))).collect();
        let mut texts: Vec<_> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
        texts.sort_unstable();
        assert_eq!(texts, [POISONED, POISONED, POISONED, "expected"]);
    });
}

#[test]
fn the_closure_goes_when_it_has_been_called() {
    check(|| {
        let captured = Arc::new(1);
        let theirs = captured.clone();
        let lazy = LazyLock::new(move || *theirs + 1);
        assert_eq!(Arc::strong_count(&captured), 2);
        assert_eq!(*lazy, 2);
        assert_eq!(Arc::strong_count(&captured), 1);
    });
}

#[test]
fn the_closure_goes_with_it_if_nobody_has_called_it() {
    check(|| {
        let captured = Arc::new(1);
        let theirs = captured.clone();
        drop(LazyLock::new(move || theirs));
        assert_eq!(Arc::strong_count(&captured), 1);
    });
}

#[test]
fn the_value_goes_with_it() {
    check(|| {
        let value = Arc::new(1);
        let theirs = value.clone();
        let lazy = LazyLock::new(move || theirs);
        assert_eq!(**lazy, 1);
        drop(lazy);
        assert_eq!(Arc::strong_count(&value), 1);
    });
}

#[test]
fn the_closure_may_move_what_it_has_captured() {
    check(|| {
        let text = String::from("moved");
        let lazy = LazyLock::new(move || text);
        assert_eq!(lazy.as_str(), "moved");
    });
}

#[test]
fn one_uses_another() {
    static FIRST: LazyLock<u32> = LazyLock::new(|| 2);
    static SECOND: LazyLock<u32> = LazyLock::new(|| *FIRST + 1);
    check(|| assert_eq!(*SECOND, 3));
}

#[test]
fn making_it_may_wait_for_other_threads() {
    check(|| {
        let (sender, receiver) = mpsc::channel::<i32>();
        let receiver = std::sync::Mutex::new(receiver);
        let lazy = Arc::new(LazyLock::new(move || receiver.lock().unwrap().recv().unwrap()));
        let readers: Vec<_> = (0..3)
            .map(|_| {
                let lazy = lazy.clone();
                thread::spawn(move || **lazy)
            })
            .collect();
        thread::sleep(Duration::from_millis(1));
        assert!(readers.iter().all(|reader| !reader.is_finished()));
        sender.send(9).unwrap();
        readers.into_iter().for_each(|reader| assert_eq!(reader.join().unwrap(), 9));
    });
}

#[test]
fn debug_texts_and_defaults() {
    check(|| {
        let lazy = LazyLock::<u8>::default();
        assert_eq!(format!("{lazy:?}"), "LazyLock(<uninit>)");
        assert_eq!(*lazy, 0);
        assert_eq!(format!("{lazy:?}"), "LazyLock(0)");
    });
}

#[test]
fn fields_may_be_lazy() {
    struct Page {
        text: String,
        words: LazyLock<usize>,
    }
    check(|| {
        let page = Page { text: "a b c".to_owned(), words: LazyLock::new(|| 3) };
        assert_eq!(page.text.split(' ').count(), *page.words);
    });
}

#[test]
fn it_can_be_used_after_a_panic_was_caught() {
    check(|| {
        let lazy = LazyLock::new(|| 4);
        let failed = panic::catch_unwind(AssertUnwindSafe(|| {
            assert_eq!(*lazy, 4);
            panic!("expected");
        }));
        assert!(failed.is_err());
        assert_eq!(*lazy, 4);
    });
}

#[test]
fn can_be_shared() {
    fn shared<T: Send + Sync + panic::UnwindSafe + panic::RefUnwindSafe>() {}
    shared::<LazyLock<String>>();
    shared::<LazyLock<String, fn() -> String>>();
}
