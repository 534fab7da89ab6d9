//! The behaviours of Eventlet's own tests of `queue`, by their names: queues that hold items.

use std::collections::BTreeSet;
use std::time::Duration;

use eventlet::queue::{Empty, Full};
use eventlet::{Event, GreenThread, Queue, debug, sleep, spawn, with_timeout};
use eventlet_tests::{Log, check, ms, panic_text, yield_now};

/// A green thread that waits for an item, for a millisecond.
fn get_or_bail(queue: &Queue<&'static str>) -> GreenThread<&'static str> {
    let queue = queue.clone();
    spawn(move || with_timeout(ms(1), || queue.get()).map_or("timed out", |result| result.unwrap()))
}

/// A green thread that puts one item, and the event that tells when it has.
fn sender(queue: &Queue<&'static str>) -> Event<()> {
    let (event, queue) = (Event::new(), queue.clone());
    let done = event.clone();
    eventlet::spawn_n(move || {
        queue.put("hi").unwrap();
        done.send(());
    });
    event
}

#[test]
fn send_first() {
    check(|| {
        let queue = Queue::new(None);
        queue.put("hi").unwrap();
        assert_eq!(queue.get(), Ok("hi"));
    });
}

#[test]
fn send_last() {
    check(|| {
        let queue = Queue::new(None);
        let theirs = queue.clone();
        let waiter = spawn(move || with_timeout(ms(100), || theirs.get()));
        yield_now();
        yield_now();
        queue.put("hi2").unwrap();
        assert_eq!(waiter.wait().unwrap(), Ok(Ok("hi2")));
    });
}

#[test]
fn max_size() {
    check(|| {
        let (queue, log) = (Queue::new(Some(2)), Log::new());
        let (theirs, noted) = (queue.clone(), log.clone());
        let putter = spawn(move || {
            for item in ["a", "b", "c"] {
                theirs.put(item).unwrap();
                noted.add(item);
            }
        });
        yield_now();
        assert_eq!(log.take(), "a b");
        assert_eq!(queue.get(), Ok("a"));
        yield_now();
        assert_eq!(log.take(), "c");
        assert_eq!([queue.get(), queue.get()], [Ok("b"), Ok("c")]);
        putter.wait().unwrap();
    });
}

#[test]
fn zero_max_size() {
    check(|| {
        let queue = Queue::new(Some(0));
        let sent = sender(&queue);
        yield_now();
        assert!(!sent.is_ready());
        let theirs = queue.clone();
        let receiver = spawn(move || theirs.get());
        assert_eq!(receiver.wait().unwrap(), Ok("hi"));
        sent.wait().unwrap();
    });
}

#[test]
fn resize_up() {
    check(|| {
        let queue = Queue::new(Some(0));
        let sent = sender(&queue);
        yield_now();
        assert!(!sent.is_ready());
        queue.resize(Some(1));
        yield_now();
        assert!(sent.is_ready());
    });
}

#[test]
fn resize_down() {
    check(|| {
        let queue = Queue::new(Some(5));
        (0..5).for_each(|number| queue.put(number).unwrap());
        queue.resize(Some(1));
        yield_now();
        assert_eq!((queue.len(), queue.is_full()), (5, true));
        assert!((0..5).all(|number| queue.try_get() == Ok(number)));
    });
}

#[test]
#[expect(non_snake_case, reason = "Eventlet's name")]
fn resize_to_Unlimited() {
    check(|| {
        let queue = Queue::new(Some(0));
        let sent = sender(&queue);
        yield_now();
        assert!(!sent.is_ready());
        queue.resize(None);
        yield_now();
        assert!(sent.is_ready());
    });
}

#[test]
fn multiple_waiters() {
    check(|| {
        let (queue, sendings) = (Queue::new(None), ["1", "2", "3", "4"]);
        let waiters = sendings.map(|_| {
            let queue = queue.clone();
            spawn(move || queue.get().unwrap())
        });
        sleep(ms(10));
        sendings.iter().for_each(|sending| queue.put(*sending).unwrap());
        let results: BTreeSet<_> =
            waiters.into_iter().map(|waiter| waiter.wait().unwrap()).collect();
        assert_eq!(results, BTreeSet::from(sendings));
    });
}

#[test]
fn waiters_that_cancel() {
    check(|| {
        debug::pause_clock();
        let queue = Queue::new(None);
        assert_eq!(get_or_bail(&queue).wait().unwrap(), "timed out");
        queue.put("hi").unwrap();
        assert_eq!(queue.get(), Ok("hi"));
    });
}

#[test]
fn getting_before_sending() {
    check(|| {
        let queue = Queue::new(None);
        let theirs = queue.clone();
        let putter = spawn(move || theirs.put("sent"));
        assert_eq!(queue.get(), Ok("sent"));
        putter.wait().unwrap().unwrap();
    });
}

/// In Eventlet the item is on its way for one turn, and a timeout that is due then still wins. Here
/// an item that was put belongs to the one who waits; so this puts it when the timeout has come.
#[test]
fn two_waiters_one_dies() {
    check(|| {
        debug::pause_clock();
        let queue = Queue::new(None);
        let dying = get_or_bail(&queue);
        let theirs = queue.clone();
        let waiting = spawn(move || theirs.get());
        sleep(ms(2));
        queue.put("hi").unwrap();
        assert_eq!(dying.wait().unwrap(), "timed out");
        assert_eq!(waiting.wait().unwrap(), Ok("hi"));
    });
}

/// See [`two_waiters_one_dies`].
#[test]
fn two_bogus_waiters() {
    check(|| {
        debug::pause_clock();
        let queue = Queue::new(None);
        let bogus = [get_or_bail(&queue), get_or_bail(&queue)];
        sleep(ms(2));
        queue.put("sent").unwrap();
        for waiter in bogus {
            assert_eq!(waiter.wait().unwrap(), "timed out");
        }
        assert_eq!(queue.get(), Ok("sent"));
    });
}

#[test]
fn waiting() {
    check(|| {
        let queue = Queue::new(None);
        let theirs = queue.clone();
        let waiter = spawn(move || theirs.get());
        yield_now();
        assert_eq!(queue.getting(), 1);
        queue.put("hi").unwrap();
        yield_now();
        assert_eq!(queue.getting(), 0);
        assert_eq!(waiter.wait().unwrap(), Ok("hi"));
        assert_eq!(queue.getting(), 0);
    });
}

#[test]
fn join_doesnt_block_when_queue_is_already_empty() {
    check(|| Queue::<()>::new(None).join());
}

#[test]
fn put_nowait_simple() {
    check(|| {
        let queue = Queue::new(Some(1));
        let results = [2, 3].map(|number| {
            let queue = queue.clone();
            spawn(move || queue.try_put(number))
        });
        assert_eq!(results.map(|result| result.wait().unwrap()), [Ok(()), Err(Full(3))]);
    });
}

#[test]
fn get_nowait_simple() {
    check(|| {
        let queue = Queue::new(Some(1));
        queue.put(4).unwrap();
        let results = [(); 2].map(|()| {
            let queue = queue.clone();
            spawn(move || queue.try_get())
        });
        assert_eq!(results.map(|result| result.wait().unwrap()), [Ok(4), Err(Empty)]);
    });
}

/// What ends a getter after it was given its item reaches those who wait for it. In Eventlet it is a
/// `KeyboardInterrupt`, which arrives in the main context.
#[test]
fn wait_except() {
    check(|| {
        let queue = Queue::new(None);
        let theirs = queue.clone();
        let getter = spawn(move || {
            theirs.get().unwrap();
            panic!("interrupted");
        });
        yield_now();
        queue.put(()).unwrap();
        sleep(Duration::ZERO);
        assert!(getter.is_dead());
        let exit = getter.wait().unwrap_err();
        assert_eq!(panic_text(exit.into_panic()), "interrupted");
        assert!(queue.is_empty());
    });
}
