//! The behaviours of Eventlet's own tests of `corolocal`, and of locks of its `thread`.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex};
use std::thread;

use eventlet::lock::Lock;
use eventlet::{current, green_local, sleep, spawn};
use eventlet_tests::{check, ms, panic_of, yield_now};

#[test]
fn assignment() {
    green_local! {
        static A: Cell<Option<i32>> = const { Cell::new(None) };
        static B: Cell<Option<i32>> = const { Cell::new(None) };
    }

    check(|| {
        A.set(Some(1));
        let thread = spawn(|| {
            B.set(Some(2));
            (A.get(), B.get())
        });
        assert_eq!(thread.wait().unwrap(), (None, Some(2)));
        assert_eq!((A.get(), B.get()), (Some(1), None));
    });
}

/// What makes the value runs in the green thread that uses it, once in each.
#[test]
fn calls_init() {
    thread_local!(static CALLS: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) });

    struct Init {
        foo: Cell<&'static str>,
    }

    fn init(foo: &'static str) -> Init {
        CALLS.with_borrow_mut(|calls| calls.push(current().id()));
        Init { foo: Cell::new(foo) }
    }

    green_local!(static LOCAL: Init = init("by init"));

    check(|| {
        assert_eq!(LOCAL.with(|local| local.foo.get()), "by init");
        assert_eq!(CALLS.take(), [current().id()]);
        let thread = spawn(|| {
            LOCAL.with(|local| local.foo.set("bar"));
            LOCAL.with(|local| local.foo.get())
        });
        let id = thread.id();
        assert_eq!(thread.wait().unwrap(), "bar");
        assert_eq!(CALLS.take(), [id]);
        assert_eq!(LOCAL.with(|local| local.foo.get()), "by init");
        assert!(CALLS.take().is_empty());
    });
}

#[test]
fn calling_methods() {
    #[derive(Default)]
    struct Caller {
        foo: Cell<&'static str>,
    }

    impl Caller {
        fn call_me(&self) -> &'static str {
            self.foo.get()
        }
    }

    green_local!(static LOCAL: Caller = Caller::default());

    check(|| {
        LOCAL.with(|local| local.foo.set("foo1"));
        assert_eq!(LOCAL.with(Caller::call_me), "foo1");
        let thread = spawn(|| {
            LOCAL.with(|local| local.foo.set("foo2"));
            yield_now();
            assert_eq!(LOCAL.with(Caller::call_me), "foo2");
        });
        thread.wait().unwrap();
        assert_eq!(LOCAL.with(Caller::call_me), "foo1");
        LOCAL.with(|local| local.foo.set("foo3"));
        assert_eq!(LOCAL.with(Caller::call_me), "foo3");
    });
}

/// Eventlet lets one of the hundred live on; here none does.
#[test]
fn no_leaking() {
    green_local!(static LOCAL: RefCell<Option<Rc<u32>>> = RefCell::default());

    check(|| {
        let values: Rc<RefCell<Vec<Weak<u32>>>> = Rc::default();
        let threads: Vec<_> = (0..100)
            .map(|n| {
                let values = values.clone();
                spawn(move || {
                    let value = Rc::new(n);
                    values.borrow_mut().push(Rc::downgrade(&value));
                    LOCAL.set(Some(value));
                    yield_now();
                    LOCAL.with_borrow(|local| assert_eq!(local.as_deref(), Some(&n)));
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert_eq!(values.borrow().len(), 100);
        assert!(values.borrow().iter().all(|value| value.upgrade().is_none()));
    });
}

#[test]
fn compat_lock_release() {
    check(|| {
        let lock = Lock::new();
        assert_eq!(panic_of(|| lock.release()), "a lock was released that nobody holds");
    });
}

/// Eventlet has a lock forget its holder after a fork. Here a permit that is forgotten leaves a
/// lock without a holder, and `release` sets it free.
#[test]
fn reinit() {
    check(|| {
        let lock = Lock::new();
        lock.acquire().forget();
        lock.release();
        let held = lock.try_acquire();
        assert!(held.is_some());
        assert!(lock.try_acquire().is_none());
    });
}

#[test]
fn can_use_eventlet_in_os_threads() {
    check(|| {
        let events = Arc::new(Mutex::new(Vec::new()));
        let add = |events: &Mutex<Vec<u32>>, event| events.lock().unwrap().push(event);
        let (theirs, (go, come)) = (events.clone(), std::sync::mpsc::channel());
        let os_thread = thread::spawn(move || {
            come.recv().unwrap();
            sleep(ms(5));
            add(&theirs, 2);
            spawn(move || add(&theirs, 2)).wait().unwrap();
        });
        add(&events, 1);
        sleep(ms(5));
        add(&events, 1);
        go.send(()).unwrap();
        let joined = eventlet::tpool::execute(move || os_thread.join().is_ok());
        assert!(joined);
        add(&events, 3);
        assert_eq!(*events.lock().unwrap(), [1, 1, 2, 2, 3]);
    });
}
