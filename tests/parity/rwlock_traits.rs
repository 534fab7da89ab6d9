//! What std documents about the traits of `std::sync::RwLock` and its guards.

use std::cell::Cell;
use std::fmt::{Debug, Display};
use std::ops::{Deref, DerefMut};
use std::panic::{RefUnwindSafe, UnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use eventlet_tests::check;

fn is_send<T: Send + ?Sized>() {}
fn is_sync<T: Sync + ?Sized>() {}
fn is_unwind_safe<T: UnwindSafe + RefUnwindSafe + ?Sized>() {}
fn derefs<T: Deref<Target = i32> + Debug + Display>() {}
fn derefs_mut<T: DerefMut<Target = i32>>() {}

#[test]
fn is_sent_and_shared_like_what_it_holds() {
    is_send::<RwLock<Cell<i32>>>();
    is_sync::<RwLock<i32>>();
    is_sync::<RwLock<dyn Fn() + Send + Sync>>();
    is_sync::<RwLockReadGuard<'_, i32>>();
    is_sync::<RwLockWriteGuard<'_, i32>>();
    is_unwind_safe::<RwLock<Rc<Cell<i32>>>>();
    is_unwind_safe::<RwLockReadGuard<'_, i32>>();
    is_unwind_safe::<RwLockWriteGuard<'_, i32>>();
    derefs::<RwLockReadGuard<'_, i32>>();
    derefs::<RwLockWriteGuard<'_, i32>>();
    derefs_mut::<RwLockWriteGuard<'_, i32>>();
}

#[test]
fn debug_shows_the_data_or_that_it_is_locked() {
    check(|| {
        let lock = RwLock::new(Some(1));
        let reading = lock.read().unwrap();
        assert_eq!(format!("{lock:?}"), "RwLock { data: Some(1), poisoned: false, .. }");
        assert_eq!(format!("{reading:?}"), "Some(1)");
        drop(reading);
        let mut writing = lock.write().unwrap();
        *writing = None;
        assert_eq!(format!("{lock:?}"), "RwLock { data: <locked>, poisoned: false, .. }");
        assert_eq!(format!("{writing:?}"), "None");
    });
}

#[test]
fn debug_shows_poison() {
    check(|| {
        let lock = RwLock::new("a");
        let died = catch_unwind(|| {
            let _writing = lock.write().unwrap();
            panic!("while it writes");
        });
        assert!(died.is_err());
        assert_eq!(format!("{lock:?}"), r#"RwLock { data: "a", poisoned: true, .. }"#);
        let slice: &RwLock<[i32]> = &RwLock::new([1]);
        assert_eq!(format!("{slice:?}"), "RwLock { data: [1], poisoned: false, .. }");
    });
}

#[test]
fn guards_are_written_like_their_data() {
    check(|| {
        let lock = RwLock::new(1.5);
        assert_eq!(format!("{:>5}", lock.read().unwrap()), "  1.5");
        assert_eq!(format!("{:<5}|", lock.write().unwrap()), "1.5  |");
        assert_eq!(format!("{:.2?}", lock.read().unwrap()), "1.50");
    });
}

#[test]
fn is_made_from_its_data_or_a_default() {
    check(|| {
        assert_eq!(*RwLock::from(7).read().unwrap(), 7);
        let lock: RwLock<String> = "a".to_owned().into();
        assert_eq!(lock.into_inner().unwrap(), "a");
        assert_eq!(RwLock::<Vec<i32>>::default().into_inner().unwrap(), []);
    });
}
