//! The behaviours of Eventlet's own tests of tpool: proxies.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use eventlet::tpool::{self, Proxy};
use eventlet::{sleep, spawn};
use eventlet_tests::jobs::is_on_pool;
use eventlet_tests::{check, panic_of, yield_now};

#[test]
fn wrap_tuple() {
    check(|| {
        let proxy = Proxy::new((1, 2));
        assert_eq!(proxy.call(|pair| pair.0), 1);
        assert_eq!(proxy.call(|pair| pair.1), 2);
        assert!(proxy.call(|_| is_on_pool()));
    });
}

#[test]
fn wrap_string() {
    check(|| {
        let proxy = Proxy::new(String::from("whatever"));
        assert_eq!(proxy.call(|text| text.len()), 8);
        assert_eq!(proxy.call(|text| text.to_string()), "whatever");
        assert_eq!(proxy.call(|text| ["a", "b"].join(text)), "awhateverb");
    });
}

/// Indices are the only mistakes left: a list has no keys, and that does not compile.
#[test]
fn wrap_uniterable() {
    check(|| {
        let proxy = Proxy::new(Vec::<i32>::new());
        let text = panic_of(|| proxy.call(|list| list[0]));
        assert_eq!(text, "index out of bounds: the len is 0 but the index is 0");
        assert!(proxy.call(|list| list.is_empty()));
    });
}

#[test]
fn wrap_dict() {
    check(|| {
        let proxy = Proxy::new(HashMap::from([("a", 1)]));
        assert_eq!(proxy.call(|map| map.keys().copied().collect::<Vec<_>>()), ["a"]);
        assert_eq!(proxy.call(|map| map["a"]), 1);
        assert_eq!(proxy.call(|map| format!("{map:?}")), r#"{"a": 1}"#);
    });
}

#[test]
fn wrap_ints() {
    check(|| assert!(Proxy::new(4).call(|number| *number == 4)));
}

/// Proxies of one value do not disturb each other.
#[test]
fn multiple_wraps() {
    check(|| {
        let shared = Arc::new(AtomicUsize::new(0));
        let (first, second) = (Proxy::new(shared.clone()), Proxy::new(shared.clone()));
        let add = |number: &mut Arc<AtomicUsize>| number.fetch_add(1, Ordering::SeqCst);
        assert_eq!(first.call(add), 0);
        assert_eq!(first.call(add), 1);
        drop(first);
        assert_eq!(second.call(add), 2);
    });
}

#[test]
fn wrap_getitem() {
    check(|| assert_eq!(Proxy::new([0, 1, 2]).call(|list| list[0]), 0));
}

#[test]
fn wrap_setitem() {
    check(|| {
        let proxy = Proxy::new([0, 1, 2]);
        proxy.call(|list| list[1] = 2);
        assert_eq!(proxy.call(|list| list[1]), 2);
    });
}

#[test]
fn wrap_iterator() {
    check(|| {
        let list: Vec<_> = Proxy::new(0..10).collect();
        assert_eq!(list, (0..10).collect::<Vec<_>>());
    });
}

/// Each step is on the pool, so others run meanwhile.
#[test]
fn wrap_iterator2() {
    check(|| {
        let n_ticks = Rc::new(Cell::new(0));
        let counter = n_ticks.clone();
        let ticker = spawn(move || {
            loop {
                counter.set(counter.get() + 1);
                yield_now();
            }
        });
        let steps = (0..2).inspect(|_| {
            assert!(is_on_pool());
            thread::sleep(Duration::from_millis(5));
        });
        assert_eq!(Proxy::new(steps).collect::<Vec<_>>(), [0, 1]);
        assert!(n_ticks.get() > 10, "{} turns", n_ticks.get());
        ticker.kill();
    });
}

#[test]
fn raising_exceptions() {
    check(|| {
        let proxy = Proxy::new(5);
        let text = panic_of(|| proxy.call(|_| panic!("hi")));
        assert_eq!(text, "hi");
        assert_eq!(proxy.call(|number| *number), 5, "the proxy goes on");
    });
}

#[test]
fn contention() {
    check(|| {
        let proxy = Proxy::new([1, 2, 3]);
        let callers: Vec<_> = (0..3)
            .map(|index| {
                let proxy = proxy.clone();
                spawn(move || proxy.call(move |list| list[index]))
            })
            .collect();
        let results: Vec<_> = callers.into_iter().map(|caller| caller.wait().unwrap()).collect();
        assert_eq!(results, [1, 2, 3]);
    });
}

/// Which results are wrapped is said where the call is made.
#[test]
fn autowrap() {
    check(|| {
        let proxy = Proxy::new(HashMap::from([("a", vec![1])]));
        let list: Proxy<Vec<i32>> = proxy.wrap(|map| map.remove("a").unwrap());
        list.call(|list| {
            assert!(is_on_pool());
            list.push(2);
        });
        assert_eq!(list.into_inner().unwrap(), [1, 2]);
        assert_eq!(proxy.call(|map| map.len()), 0);
    });
}

#[test]
fn callable() {
    check(|| {
        let proxy = Proxy::new(|argument: i32| argument);
        assert_eq!(proxy.call(|f| f(4)), 4);
        let result = proxy.wrap(|f| f(4));
        assert_eq!(result.call(|number| number.to_string()), "4");
    });
}

#[test]
fn callable_iterator() {
    check(|| {
        let proxy = Proxy::new(|argument: i32| std::iter::repeat_n(argument, 3));
        let mut n_results = 0;
        for result in proxy.wrap(|f| f(3)) {
            assert_eq!(result, 3);
            n_results += 1;
        }
        assert_eq!(n_results, 3);
    });
}

#[test]
fn a_buncha_stuff() {
    check(|| {
        let loops: Vec<_> = (0..10_u32)
            .map(|number| {
                spawn(move || {
                    let proxy = Proxy::new(0);
                    for n in 0..100 {
                        let token = number * 100 + n;
                        sleep(Duration::from_micros(u64::from(token * 7 % 50)));
                        let result = proxy.call(move |n_calls| {
                            thread::sleep(Duration::from_micros(u64::from(token * 13 % 100)));
                            *n_calls += 1;
                            token
                        });
                        assert_eq!(result, token);
                    }
                    proxy.into_inner().unwrap()
                })
            })
            .collect();
        for thread in loops {
            assert_eq!(thread.wait().unwrap(), 100);
        }
        tpool::killall();
    });
}

/// `isolated/tpool_exception_leak`: neither a result nor a panic keeps the value alive.
#[test]
fn exception_leak() {
    check(|| {
        let value = Arc::new("ok");
        assert_eq!(Proxy::new(value.clone()).call(|value| **value), "ok");
        assert_eq!(panic_of(|| Proxy::new(value.clone()).call(|_| panic!("expected"))), "expected");
        // Values are dropped on the pool, after the caller has gone on.
        tpool::killall();
        assert_eq!(Arc::strong_count(&value), 1);
    });
}
