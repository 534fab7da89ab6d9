//! What the lot promises to the primitives that are built on it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use super::{Key, Place, Waited, at, wait, wake_all, wake_one};
use crate::hub::{self, Time};

fn place(at: &AtomicU32) -> Place {
    Place::new(Key::of(at), "a test")
}

fn yield_now() {
    crate::sleep(Duration::ZERO);
}

fn is_woken(key: Key) -> bool {
    wake_one(key, |woken, _| woken)
}

#[test]
fn nobody_waits_for_what_is_there() {
    let atomic = AtomicU32::new(0);
    assert_eq!(wait(place(&atomic), || false, |_| panic!("nobody leaves")), Waited::Refused);
    assert!(at(Key::of(&atomic)).is_empty());
}

#[test]
fn wakes_in_the_order_of_arrival() {
    let atomic = Rc::new(AtomicU32::new(0));
    let key = Key::of(&*atomic);
    let order = Rc::new(RefCell::new(Vec::new()));
    let waiters: Vec<_> = (0..3)
        .map(|n| {
            let (atomic, order) = (atomic.clone(), order.clone());
            crate::spawn(move || {
                let place = Place { tag: n, ..place(&atomic) };
                assert_eq!(wait(place, || true, |_| ()), Waited::Woken);
                order.borrow_mut().push(n);
            })
        })
        .collect();
    yield_now();
    assert_eq!(at(key).first(), Some(0));
    assert!(wake_one(key, |woken, more| woken && more));
    assert_eq!(at(key).first(), Some(1));
    wake_all(key, || ());
    assert!(!is_woken(key));
    waiters.into_iter().for_each(|waiter| waiter.wait().unwrap());
    assert_eq!(*order.borrow(), [0, 1, 2]);
}

#[test]
fn gives_up_at_the_deadline() {
    let atomic = AtomicU32::new(0);
    let deadline = hub::with(|hub| hub.deadline_in(Duration::from_millis(1)));
    let place = Place { deadline, ..place(&atomic) };
    assert_eq!(wait(place, || true, |_| ()), Waited::TimedOut);
    assert!(at(Key::of(&atomic)).is_empty());
    assert!(deadline <= hub::with(hub::Hub::now));
}

#[test]
fn os_threads_wake_each_other() {
    let atomic = Arc::new(AtomicU32::new(0));
    let theirs = atomic.clone();
    let waiter = thread::spawn(move || wait(place(&theirs), || true, |_| ()));
    while at(Key::of(&*atomic)).is_empty() {
        thread::yield_now();
    }
    assert!(is_woken(Key::of(&*atomic)));
    assert_eq!(waiter.join().unwrap(), Waited::Woken);
}

/// Has another OS thread wake the first in a line. This hub has read no mail when it returns.
fn wake_from_outside(key: Key) {
    assert!(thread::spawn(move || is_woken(key)).join().unwrap());
}

#[test]
fn one_that_is_killed_is_told_whether_it_was_woken() {
    for is_woken in [false, true] {
        let atomic = Rc::new(AtomicU32::new(0));
        let told = Rc::new(Cell::new(None));
        let (theirs, tells) = (atomic.clone(), told.clone());
        let waiter =
            crate::spawn(move || wait(place(&theirs), || true, |was| tells.set(Some(was))));
        yield_now();
        if is_woken {
            wake_from_outside(Key::of(&*atomic));
        }
        waiter.kill();
        assert!(waiter.wait().unwrap_err().is_killed());
        assert_eq!(told.get(), Some(is_woken));
        assert!(at(Key::of(&*atomic)).is_empty());
    }
}

#[test]
fn one_that_was_taken_out_is_never_late() {
    let atomic = AtomicU32::new(0);
    let key = Key::of(&atomic);
    // It is late as soon as it parks, but has been taken out by then.
    let place = Place { deadline: Time::START, ..place(&atomic) };
    let enter = || wake_from_outside(key);
    assert_eq!(super::wait_after(place, || true, enter, |_| ()), Waited::Woken);
}

#[test]
fn who_is_called_waits_again_in_its_place_and_is_not_called_again() {
    let atomic = Rc::new(AtomicU32::new(0));
    let key = Key::of(&*atomic);
    let waiters = [1, 2].map(|tag| {
        let atomic = atomic.clone();
        crate::spawn(move || {
            let place = Place { tag, ..place(&atomic) };
            let Waited::Called(spot) = wait(place, || true, |_| ()) else { return "woken" };
            let place = Place { tag, back_at: Some(spot), ..self::place(&atomic) };
            assert_eq!(wait(place, || true, |_| ()), Waited::Woken);
            "called"
        })
    });
    yield_now();
    assert!(!at(key).may_call_first(), "it is of this OS thread");
    let call = move || at(key).may_call_first() && at(key).call_first();
    assert!(thread::spawn(call).join().unwrap());
    assert_eq!(at(key).first(), Some(2));
    // A clock that stands goes on when those who were called have come.
    hub::with(hub::Hub::pause_clock);
    crate::sleep(Duration::from_millis(1));
    assert_eq!(at(key).first(), Some(1));
    assert!(!thread::spawn(move || at(key).may_call_first()).join().unwrap());
    wake_all(key, || ());
    assert_eq!(waiters.map(|waiter| waiter.wait().unwrap()), ["called", "woken"]);
    assert!(at(key).is_empty());
}

#[test]
fn one_that_is_called_and_killed_has_been_given_nothing() {
    let atomic = Rc::new(AtomicU32::new(0));
    let key = Key::of(&*atomic);
    let told = Rc::new(Cell::new(None));
    let (theirs, tells) = (atomic.clone(), told.clone());
    let waiter = crate::spawn(move || wait(place(&theirs), || true, |was| tells.set(Some(was))));
    yield_now();
    assert!(thread::spawn(move || at(key).call_first()).join().unwrap());
    waiter.kill();
    assert!(waiter.wait().unwrap_err().is_killed());
    assert_eq!(told.get(), Some(false));
}

#[test]
fn those_whose_hub_has_ended_are_passed_over() {
    let atomic = Arc::new(AtomicU32::new(0));
    let (theirs, (begun, begins)) = (atomic.clone(), mpsc::channel());
    thread::spawn(move || {
        crate::spawn_n(move || {
            wait(place(&theirs), || true, |_| ());
        });
        yield_now();
        begun.send(()).unwrap();
    })
    .join()
    .unwrap();
    begins.recv().unwrap();
    let theirs = atomic.clone();
    let waiter = crate::spawn(move || wait(place(&theirs), || true, |_| ()));
    yield_now();
    assert!(is_woken(Key::of(&*atomic)));
    assert_eq!(waiter.wait().unwrap(), Waited::Woken);
    assert!(!is_woken(Key::of(&*atomic)));
}

#[test]
fn every_wake_is_counted_once_whatever_happens_to_the_waiters() {
    const WAKES: u32 = 2000;
    // How many wakes have come out at the other end.
    let arrived = Arc::new(AtomicU32::new(0));
    let theirs = arrived.clone();
    let waker = thread::spawn(move || {
        let mut sent = 0;
        while sent < WAKES {
            match is_woken(Key::of(&*theirs)) {
                true => sent += 1,
                false => thread::yield_now(),
            }
        }
    });
    let mut round = 0;
    while arrived.load(Ordering::SeqCst) < WAKES {
        round += 1;
        let waiters: Vec<_> = (0..8u32)
            .map(|n| {
                let arrived = arrived.clone();
                crate::spawn(move || {
                    let patience = Duration::from_micros(u64::from(n * 37 + round) % 200);
                    let deadline = hub::with(|hub| hub.deadline_in(patience));
                    let place = Place { deadline, ..place(&arrived) };
                    let count = || arrived.fetch_add(1, Ordering::SeqCst);
                    let pass_on = |was_woken| {
                        if was_woken {
                            count();
                        }
                    };
                    if wait(place, || true, pass_on) == Waited::Woken {
                        count();
                    }
                })
            })
            .collect();
        crate::sleep(Duration::from_micros(u64::from(round % 100)));
        waiters.iter().step_by(2).for_each(crate::GreenThread::kill);
        waiters.into_iter().for_each(|waiter| drop(waiter.wait()));
    }
    waker.join().unwrap();
    assert_eq!(arrived.load(Ordering::SeqCst), WAKES);
}
