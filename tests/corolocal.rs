//! Values of a green thread's own: whose they are, and how they are made.

use std::cell::Cell;
use std::time::Duration;

use eventlet::corolocal::{LocalKey, get_ident};
use eventlet::{current, green_local, sleep, spawn, with_timeout};
use eventlet_tests::{check, ms, panic_of, yield_now};

green_local! {
    /// With an attribute, a visibility and a constant.
    #[allow(unreachable_pub)]
    pub static COUNT: Cell<u32> = const { Cell::new(0) }
}

#[test]
fn a_used_record_and_stack_have_no_values() {
    check(|| {
        for _ in 0..50 {
            assert_eq!(spawn(|| COUNT.replace(7)).wait().unwrap(), 0);
            let threads: Vec<_> = (0..20).map(|_| spawn(|| COUNT.replace(7))).collect();
            assert!(threads.into_iter().all(|thread| thread.wait().unwrap() == 0));
        }
        assert_eq!(COUNT.get(), 0);
    });
}

#[test]
fn a_value_is_the_same_across_waits() {
    check(|| {
        let threads: Vec<_> = (0..10)
            .map(|n| {
                spawn(move || {
                    COUNT.with(|count| {
                        for _ in 0..n {
                            count.set(count.get() + 1);
                            yield_now();
                        }
                    });
                    COUNT.get()
                })
            })
            .collect();
        let counts: Vec<_> = threads.into_iter().map(|thread| thread.wait().unwrap()).collect();
        assert_eq!(counts, (0..10).collect::<Vec<_>>());
    });
}

#[test]
fn making_a_value_may_wait_fail_or_make_it() {
    green_local! {
        static SLOW: u64 = { sleep(ms(1)); get_ident() };
        static FAILS: Cell<u32> = panic!("expected");
        static TWICE: u32 = if COUNT.replace(1) == 0 { TWICE.with(|inner| inner + 1) } else { 1 };
    }

    check(|| {
        let threads: Vec<_> = (0..5).map(|_| spawn(|| SLOW.with(|id| *id))).collect();
        for thread in threads {
            let id = thread.id();
            assert_eq!(thread.wait().unwrap(), id);
        }
        let broken_off = spawn(|| {
            assert!(with_timeout(Duration::ZERO, || SLOW.with(|_| ())).is_err());
            SLOW.with(|id| *id) == get_ident()
        });
        assert!(broken_off.wait().unwrap());
        let failing = spawn(|| (panic_of(|| FAILS.get()), FAILS.set(4), FAILS.get()));
        assert_eq!(failing.wait().unwrap(), ("expected".to_owned(), (), 4));
        assert_eq!(spawn(|| TWICE.with(|twice| *twice)).wait().unwrap(), 2);
    });
}

#[test]
fn a_green_thread_is_known_by_its_number() {
    check(|| {
        assert_eq!(get_ident(), current().id());
        let ids: Vec<_> = (0..3).map(|_| spawn(get_ident).wait().unwrap()).collect();
        assert!(ids[0] < ids[1] && ids[1] < ids[2] && !ids.contains(&get_ident()), "{ids:?}");
    });
}

#[test]
fn many_values() {
    macro_rules! keys {
        ($($name:ident)*) => {
            green_local! { $(static $name: Cell<u32> = const { Cell::new(line!()) };)* }
            const KEYS: &[&LocalKey<Cell<u32>>] = &[$(&$name),*];
        };
    }
    keys!(A B C D E F G H I J K L M N O P Q R S T);

    check(|| {
        let thread = spawn(|| {
            KEYS.iter().zip(0..).for_each(|(key, n)| key.set(n));
            KEYS.iter().map(|key| key.get()).collect::<Vec<_>>()
        });
        assert_eq!(thread.wait().unwrap(), (0..20).collect::<Vec<_>>());
        assert!(KEYS.iter().all(|key| key.get() > 20));
    });
}

#[test]
fn one_in_each_hub() {
    check(|| {
        COUNT.set(1);
        let hub = eventlet::hubs::spawn_hub().unwrap();
        let theirs = hub.spawn(|| (COUNT.replace(2), COUNT.get()));
        assert_eq!(theirs.wait().unwrap(), (0, 2));
        assert_eq!(hub.spawn(|| COUNT.get()).wait().unwrap(), 0);
        assert_eq!(COUNT.replace(0), 1);
        hub.shutdown(ms(5000));
    });
}
