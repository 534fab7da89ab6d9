//! Waits and wakes of the hub, below the green threads.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::{Hub, RemoteWaiter, Time, Waiter, Wake, park};
use crate::{sleep, spawn};

/// A wait whose waiter is handed out, and its outcome.
fn wait(hub: &Hub, deadline: Time, give: impl FnOnce(Waiter)) -> Wake {
    let waiter = hub.begin_wait();
    give(waiter.clone());
    park(waiter.clone(), "a test", deadline)
}

#[test]
fn a_wake_before_the_park_is_not_lost() {
    let hub = super::current();
    let waiter = hub.begin_wait();
    assert!(waiter.clone().wake());
    assert!(!waiter.clone().wake(), "once is enough");
    assert!(matches!(park(waiter.clone(), "a test", Time::NEVER), Wake::Ready));
}

#[test]
fn a_waiter_of_an_earlier_wait_has_no_effect() {
    let hub = super::current();
    hub.pause_clock();
    let early = hub.begin_wait();
    assert!(early.clone().wake());
    park(early.clone(), "a test", Time::NEVER);

    let stale = early.clone();
    let waker = spawn(move || assert!(!stale.wake()));
    let deadline = hub.now().after(Duration::from_secs(1));
    let outcome = wait(&hub, deadline, |waiter| assert!(!waiter.is(&early)));
    assert!(matches!(outcome, Wake::TimedOut));
    assert_eq!(hub.now(), deadline);
    waker.wait().unwrap();
}

/// Both in one turn: the deadline is found first, and the wake comes before the fiber runs.
#[test]
fn a_wake_wins_over_a_deadline_until_the_fiber_runs() {
    let hub = super::current();
    hub.pause_clock();
    let deadline = hub.now().after(Duration::from_secs(1));
    let mine = Rc::new(Cell::new(None::<Waiter>));
    let theirs = mine.clone();
    // Its timer is older, so it runs first at the same deadline.
    let waker = spawn(move || {
        sleep(Duration::from_secs(1));
        theirs.take().unwrap().wake()
    });
    sleep(Duration::ZERO);
    let outcome = wait(&hub, deadline, |waiter| mine.set(Some(waiter)));
    assert!(matches!(outcome, Wake::Ready));
    assert!(waker.wait().unwrap());
}

#[test]
fn another_thread_can_end_a_wait() {
    let hub = super::current();
    let mut other = None;
    let wake = hub.wait_for_outside("a test", Time::NEVER, |waiter| {
        other = Some(thread::spawn(move || {
            thread::sleep(Duration::from_millis(5));
            waiter.wake();
            waiter.wake();
        }));
        true
    });
    assert!(matches!(wake, Wake::Ready));
    other.unwrap().join().unwrap();
    assert!(!hub.remote_waits.borrow().has_certain());
}

#[test]
fn a_wait_for_what_is_there_ends_at_once() {
    let hub = super::current();
    let wake = hub.wait_for_outside("a test", Time::NEVER, |_| false);
    assert!(matches!(wake, Wake::Ready));
    assert!(!hub.remote_waits.borrow().has_certain());
}

#[test]
fn a_waiter_of_this_hub_needs_no_mail() {
    let hub = super::current();
    let wake = hub.wait_for_outside("a test", Time::NEVER, |waiter| {
        waiter.wake();
        assert!(!super::with(|hub| hub.remote.has_mail()));
        true
    });
    assert!(matches!(wake, Wake::Ready));
}

#[test]
fn a_wake_from_outside_that_comes_too_late_is_ignored() {
    let hub = super::current();
    let mut late = None;
    let soon = hub.now().after(Duration::from_millis(1));
    let wake = hub.wait_for_outside("a test", soon, |waiter| {
        late = Some(waiter);
        true
    });
    assert!(matches!(wake, Wake::TimedOut));
    // The next wait gets the same place.
    let soon = hub.now().after(Duration::from_millis(1));
    let wake = hub.wait_for_outside("a test", soon, |_| {
        let late = late.take().unwrap();
        thread::spawn(move || late.wake()).join().unwrap();
        true
    });
    assert!(matches!(wake, Wake::TimedOut));
    assert!(hub.now() >= soon);
}

/// Many waits, ended from several threads while the hub sleeps and runs by turns: each arrives.
#[test]
fn no_wake_from_outside_is_lost() {
    let wakers: Vec<_> = (0..4)
        .map(|_| {
            let (to_waker, waits) = mpsc::channel::<RemoteWaiter>();
            let waker = thread::spawn(move || waits.into_iter().for_each(|wait| wait.wake()));
            let fiber = spawn(move || {
                for _ in 0..2000 {
                    let outcome = super::with(|hub| {
                        let late = hub.now().after(Duration::from_secs(60));
                        hub.wait_for_outside("a test", late, |waiter| {
                            to_waker.send(waiter).unwrap();
                            true
                        })
                    });
                    assert!(matches!(outcome, Wake::Ready));
                }
            });
            (waker, fiber)
        })
        .collect();
    for (waker, fiber) in wakers {
        fiber.wait().unwrap();
        waker.join().unwrap();
    }
}

#[test]
fn a_hub_that_has_ended_can_still_be_sent_a_wake() {
    let ended = thread::spawn(|| {
        let mut waiter = None;
        super::current().wait_for_outside("a test", Time::START, |given| {
            waiter = Some(given);
            true
        });
        waiter
    });
    ended.join().unwrap().unwrap().wake();
}

#[test]
fn the_clock_does_not_overflow() {
    assert_eq!(Time::START.after(Duration::MAX), Time::NEVER);
    assert_eq!(Time::NEVER.after(Duration::from_nanos(1)), Time::NEVER);
    assert_eq!(Time::START.since(Time::NEVER), Duration::ZERO);
    let later = Time::from_nanos(5).after(Duration::from_nanos(7));
    assert_eq!(later.since(Time::from_nanos(5)), Duration::from_nanos(7));
}

/// A look at a seat finds one of those that took it, never parts of two.
#[test]
fn a_look_at_a_seat_finds_all_of_one_fiber() {
    const NAMES: [&str; 2] = ["a", "another, whose name takes several words"];
    super::watch(1);
    let (tell, seats) = mpsc::channel();
    let (done, is_done) = mpsc::channel::<()>();
    let taking = thread::spawn(move || {
        let hub = super::current();
        tell.send(hub.id).unwrap();
        let threads = NAMES.map(|name| {
            let is_on = Rc::new(Cell::new(true));
            let theirs = is_on.clone();
            let builder = crate::Builder::new().name(name);
            let taking = move || {
                while theirs.get() {
                    sleep(Duration::ZERO);
                }
            };
            (is_on, builder.spawn(taking).unwrap())
        });
        let ids = [threads[0].1.id(), threads[1].1.id()];
        tell.send(ids[0]).unwrap();
        tell.send(ids[1]).unwrap();
        while is_done.try_recv() == Err(mpsc::TryRecvError::Empty) {
            sleep(Duration::ZERO);
        }
        for (is_on, thread) in threads {
            is_on.set(false);
            thread.wait().unwrap();
        }
    });
    let hub = seats.recv().unwrap();
    let ids = [seats.recv().unwrap(), seats.recv().unwrap()];
    let seat = super::seats().into_iter().find(|seat| seat.hub == hub).unwrap();
    let mut n_found = [0; 2];
    while n_found.iter().any(|n| *n < 1000) {
        let Some(sitter) = seat.look() else { continue };
        let Some(which) = ids.iter().position(|id| *id == sitter.id) else { continue };
        assert_eq!(sitter.name.as_deref(), Some(NAMES[which]));
        n_found[which] += 1;
    }
    drop(done);
    taking.join().unwrap();
    super::watch(0);
    assert!(seat.look().is_none());
}
