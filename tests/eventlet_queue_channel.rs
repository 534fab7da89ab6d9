//! The behaviours of Eventlet's own tests of `queue`, by their names: queues for no item at all.

use eventlet::queue::{Empty, Full};
use eventlet::{Queue, debug, kill_all, spawn};
use eventlet_tests::{Log, check, ms, yield_now};

#[test]
fn channel_send() {
    check(|| {
        let (channel, log) = (Queue::new(Some(0)), Log::new());
        let (theirs, noted) = (channel.clone(), log.clone());
        let receiver = spawn(move || {
            noted.add(theirs.get().unwrap());
            noted.add(theirs.get().unwrap());
        });
        log.add("sending");
        channel.put("hello").unwrap();
        log.add("sent hello");
        channel.put("world").unwrap();
        log.add("sent world");
        receiver.wait().unwrap();
        // The second put finds one who waits, so it does not. In Eventlet it waits until that one
        // has run, and "sent world" comes last.
        assert_eq!(log.take(), "sending hello sent hello sent world world");
    });
}

#[test]
fn channel_wait() {
    check(|| {
        let (channel, log) = (Queue::new(Some(0)), Log::new());
        let (theirs, noted) = (channel.clone(), log.clone());
        let sender = spawn(move || {
            noted.add("sending hello");
            theirs.put("hello").unwrap();
            noted.add("sending world");
            theirs.put("world").unwrap();
            noted.add("sent world");
        });
        log.add("waiting");
        log.add(channel.get().unwrap());
        log.add(channel.get().unwrap());
        sender.wait().unwrap();
        assert_eq!(log.take(), "waiting sending hello sending world hello world sent world");
    });
}

#[test]
fn channel_waiters() {
    check(|| {
        let channel = Queue::new(Some(0));
        let receivers = [(); 3].map(|()| {
            let channel = channel.clone();
            spawn(move || channel.get().unwrap())
        });
        yield_now();
        assert_eq!(channel.getting(), 3);
        let senders = [1, 2, 3].map(|number| {
            let channel = channel.clone();
            spawn(move || channel.put(number).unwrap())
        });
        senders.into_iter().for_each(|sender| sender.wait().unwrap());
        assert_eq!(channel.getting(), 0);
        // In order, which Eventlet does not promise.
        assert_eq!(receivers.map(|receiver| receiver.wait().unwrap()), [1, 2, 3]);
    });
}

#[test]
fn channel_sender_timing_out() {
    check(|| {
        debug::pause_clock();
        let channel = Queue::new(Some(0));
        assert_eq!(channel.put_timeout("hi", ms(1)), Err(Full("hi")));
        assert_eq!(channel.try_get(), Err(Empty));
    });
}

#[test]
fn task_done() {
    check(|| {
        let channel = Queue::new(Some(0));
        let theirs = channel.clone();
        let putter = spawn(move || theirs.put("X").unwrap());
        assert_eq!(channel.get(), Ok("X"));
        assert_eq!(channel.unfinished(), 1);
        channel.task_done();
        assert_eq!(channel.unfinished(), 0);
        putter.wait().unwrap();
    });
}

#[test]
fn zero_length_queue_nonblocking_put() {
    check(|| {
        let (queue, log) = (Queue::new(Some(0)), Log::new());
        let fetcher = || {
            let (queue, log) = (queue.clone(), log.clone());
            spawn(move || log.add(queue.get().unwrap()))
        };
        let pairs: Vec<_> = (0..10).map(|_| (fetcher(), fetcher())).collect();
        yield_now();
        kill_all(pairs.iter().map(|(_, bad)| bad.handle()));
        assert_eq!(queue.getting(), 10);
        // Each finds one who waits, so that none of them waits.
        (0..10).for_each(|number| queue.try_put(number).unwrap());
        pairs.into_iter().for_each(|(good, _)| good.wait().unwrap());
        assert_eq!(log.take(), "0 1 2 3 4 5 6 7 8 9");
    });
}

/// In Eventlet this works in the hub alone; a green thread finds nothing.
#[test]
fn get_nowait_unlock() {
    check(|| {
        let queue = Queue::new(Some(0));
        let is_empty_and_full = || queue.is_empty() && queue.is_full();
        let theirs = queue.clone();
        let putter = spawn(move || theirs.put(5));
        assert!(is_empty_and_full());
        yield_now();
        assert!(is_empty_and_full() && queue.putting() == 1);
        assert_eq!(queue.try_get(), Ok(5));
        yield_now();
        assert!(is_empty_and_full() && putter.is_dead());
        assert_eq!(putter.wait().unwrap(), Ok(()));
    });
}

#[test]
fn put_nowait_unlock() {
    check(|| {
        let queue = Queue::new(Some(0));
        let is_empty_and_full = || queue.is_empty() && queue.is_full();
        let theirs = queue.clone();
        let getter = spawn(move || theirs.get());
        assert!(is_empty_and_full());
        yield_now();
        assert!(is_empty_and_full() && !getter.is_dead());
        assert_eq!(queue.try_put(10), Ok(()));
        assert!(is_empty_and_full());
        yield_now();
        assert!(getter.is_dead());
        assert_eq!(getter.wait().unwrap(), Ok(10));
    });
}
