//! What std documents about the traits of mutexes and their guards.

use std::cell::Cell;
use std::fmt::{Debug, Display};
use std::ops::{Deref, DerefMut};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

use eventlet_tests::check;

fn is_send_and_sync<T: Send + Sync + ?Sized>() {}
fn is_sync<T: Sync + ?Sized>() {}
fn is_unwind_safe<T: UnwindSafe + RefUnwindSafe + ?Sized>() {}
fn derefs<T: DerefMut + Deref<Target = i32> + Debug + Display>() {}

#[test]
fn is_sent_and_shared_like_what_it_holds() {
    is_send_and_sync::<Mutex<i32>>();
    is_send_and_sync::<Mutex<Cell<i32>>>();
    is_send_and_sync::<Mutex<dyn Fn() + Send>>();
    is_sync::<MutexGuard<'_, i32>>();
    is_unwind_safe::<Mutex<Rc<Cell<i32>>>>();
    is_unwind_safe::<Mutex<dyn Fn() + Send>>();
    is_unwind_safe::<MutexGuard<'_, i32>>();
    derefs::<MutexGuard<'_, i32>>();
}

#[test]
fn debug_shows_the_data_or_that_it_is_locked() {
    check(|| {
        let mutex = Mutex::new(Some(1));
        assert_eq!(format!("{mutex:?}"), "Mutex { data: Some(1), poisoned: false, .. }");
        let guard = mutex.lock().unwrap();
        assert_eq!(format!("{mutex:?}"), r#"Mutex { data: "<locked>", poisoned: false, .. }"#);
        assert_eq!(format!("{guard:?}"), "Some(1)");
        drop(guard);
        let pretty =
            "Mutex {\n    data: Some(\n        1,\n    ),\n    poisoned: false,\n    ..\n}";
        assert_eq!(format!("{mutex:#?}"), pretty);
    });
}

#[test]
fn debug_shows_poison() {
    check(|| {
        let mutex = Arc::new(Mutex::new("a"));
        let theirs = mutex.clone();
        let died = thread::spawn(move || {
            let _guard = theirs.lock().unwrap();
            panic!("while it is locked");
        });
        assert!(died.join().is_err());
        assert_eq!(format!("{mutex:?}"), r#"Mutex { data: "a", poisoned: true, .. }"#);
        let _guard = mutex.lock().unwrap_err();
        assert_eq!(format!("{mutex:?}"), r#"Mutex { data: "<locked>", poisoned: true, .. }"#);
    });
}

#[test]
fn debug_of_what_has_no_size() {
    check(|| {
        let mutex: &Mutex<[i32]> = &Mutex::new([1, 2]);
        assert_eq!(format!("{mutex:?}"), "Mutex { data: [1, 2], poisoned: false, .. }");
    });
}

#[test]
fn a_guard_is_written_like_its_data() {
    check(|| {
        let mutex = Mutex::new(1.5);
        assert_eq!(format!("{:>5}", mutex.lock().unwrap()), "  1.5");
        assert_eq!(format!("{:5.2?}", mutex.lock().unwrap()), " 1.50");
    });
}

#[test]
fn is_made_from_its_data_or_a_default() {
    check(|| {
        assert_eq!(*Mutex::from(7).lock().unwrap(), 7);
        let mutex: Mutex<String> = "a".to_owned().into();
        assert_eq!(mutex.into_inner().unwrap(), "a");
        assert_eq!(Mutex::<Vec<i32>>::default().into_inner().unwrap(), []);
    });
}
