//! Channels: kills, timeouts, panics and unwinding lose no message.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use eventlet::green::sync::mpsc::{
    RecvError, SendError, Sender, SyncSender, TrySendError, channel, sync_channel,
};
use eventlet::hubs::spawn_hub;
use eventlet::{GreenThread, sleep, spawn, with_timeout};
use eventlet_tests::{Log, check, check_within, panic_of, yield_now};

const SECOND: Duration = Duration::from_secs(1);

/// Counts its drops.
struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn without_a_receiver_messages_are_dropped_or_come_back() {
    check(|| {
        let drops = Arc::new(AtomicUsize::new(0));
        let (sender, receiver) = sync_channel(2);
        for _ in 0..2 {
            sender.send(Counted(drops.clone())).unwrap();
        }
        let (waiting, counted) = (sender.clone(), Counted(drops.clone()));
        let waiting = spawn(move || waiting.send(counted));
        yield_now();
        drop(receiver);
        assert_eq!(drops.load(Ordering::SeqCst), 2);
        let SendError(back) = waiting.wait().unwrap().unwrap_err();
        assert_eq!(drops.load(Ordering::SeqCst), 2);
        let back = sender.send(back).unwrap_err();
        assert!(matches!(sender.try_send(back.0), Err(TrySendError::Disconnected(_))));
        assert_eq!(drops.load(Ordering::SeqCst), 3);
    });
}

/// A receiver that was called for a message and is killed has not taken it.
#[test]
fn a_receiver_that_is_killed_loses_nothing() {
    check(|| {
        let (sender, receiver) = channel();
        let receiver = Rc::new(receiver);
        let got = Rc::new(RefCell::new(Vec::new()));
        let waiting: Vec<GreenThread<()>> = (0..3)
            .map(|number| {
                let (receiver, got) = (receiver.clone(), got.clone());
                spawn(move || {
                    let message: u8 = receiver.recv().unwrap();
                    got.borrow_mut().push((number, message));
                })
            })
            .collect();
        yield_now();
        waiting[0].kill();
        sender.send(1).unwrap();
        waiting[1].kill();
        yield_now();
        // What it was woken with it takes; the kill would come at its next wait.
        assert_eq!(*got.borrow(), [(1, 1)]);
        sender.send(2).unwrap();
        yield_now();
        assert_eq!(*got.borrow(), [(1, 1), (2, 2)]);
        drop(waiting);
    });
}

#[test]
fn receivers_that_time_out_lose_nothing() {
    check_within(Duration::from_secs(60), || {
        const N: u32 = 3000;
        let hub = spawn_hub().unwrap();
        let (sender, receiver) = channel();
        let sending = hub.spawn(move || {
            for n in 0..N {
                sender.send(n).unwrap();
                if n % 3 == 0 {
                    sleep(Duration::from_micros(u64::from(n % 97)));
                }
            }
        });
        let mut next = 0;
        let mut n_late = 0_u32;
        while next < N {
            let limit = Duration::from_micros(u64::from(n_late % 61));
            let received = match n_late % 2 {
                0 => receiver.recv_timeout(limit).ok(),
                _ => with_timeout(limit, || receiver.recv().unwrap()).ok(),
            };
            match received {
                Some(n) => {
                    assert_eq!(n, next);
                    next += 1;
                }
                None => n_late += 1,
            }
        }
        assert!(n_late > 0);
        sending.wait().unwrap();
        assert!(hub.shutdown(SECOND).is_clean());
    });
}

#[test]
fn a_sender_that_is_killed_has_sent_nothing() {
    check(|| {
        let drops = Arc::new(AtomicUsize::new(0));
        let (sender, receiver) = sync_channel(0);
        let sending: Vec<_> = (0..3)
            .map(|n| {
                let (sender, counted) = (sender.clone(), Counted(drops.clone()));
                spawn(move || sender.send((n, counted)).is_ok())
            })
            .collect();
        yield_now();
        sending[1].kill();
        assert_eq!(drops.load(Ordering::SeqCst), 1);
        drop(sender);
        let numbers: Vec<_> = receiver.iter().map(|(n, _)| n).collect();
        assert_eq!(numbers, [0, 2]);
        let sent = sending.into_iter().map(|thread| thread.wait().is_ok());
        assert_eq!(sent.collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(drops.load(Ordering::SeqCst), 3);
    });
}

/// A message whose sender has not timed out arrives, in order. One whose sender has, may have been
/// taken in the same moment; then it arrives, too, but once.
#[test]
fn senders_that_time_out_and_receivers_agree() {
    check_within(Duration::from_secs(60), || {
        let hub = spawn_hub().unwrap();
        for bound in [0, 1] {
            let (sender, receiver) = sync_channel(bound);
            let receiving = hub.spawn(move || {
                let mut received = Vec::new();
                loop {
                    match receiver.recv() {
                        Ok(n) => received.push(n),
                        Err(RecvError) => return received,
                    }
                    if received.len() % 5 == 0 {
                        sleep(Duration::from_micros(received.len() as u64 % 89));
                    }
                }
            });
            let mut sent = Vec::new();
            for n in 0..2000_u64 {
                let limit = Duration::from_micros(n % 53);
                if with_timeout(limit, || sender.send(n).unwrap()).is_ok() {
                    sent.push(n);
                }
            }
            drop(sender);
            let received = receiving.wait().unwrap();
            assert!(sent.iter().all(|n| received.contains(n)));
            assert!(received.is_sorted_by(|a, b| a < b));
        }
        assert!(hub.shutdown(SECOND).is_clean());
    });
}

#[test]
fn one_who_always_finds_a_message_lets_the_others_run() {
    check(|| {
        let (sender, receiver) = channel();
        (0..1000).for_each(|n| sender.send(n).unwrap());
        let log = Log::new();
        let theirs = log.clone();
        let other = spawn(move || theirs.add("ran"));
        for _ in 0..500 {
            receiver.recv().unwrap();
        }
        assert_eq!(log.take(), "ran");
        other.wait().unwrap();
    });
}

/// A channel can be used in destructors that run because of a kill.
#[test]
fn while_unwinding() {
    struct Asks(Sender<SyncSender<u8>>, Log);
    impl Drop for Asks {
        fn drop(&mut self) {
            let (answer, answers) = sync_channel(0);
            self.0.send(answer).unwrap();
            self.1.add(answers.recv().unwrap());
        }
    }
    check(|| {
        let (ask, questions) = channel::<SyncSender<u8>>();
        let log = Log::new();
        let server = spawn(move || {
            for question in questions {
                question.send(5).unwrap();
            }
        });
        let asks = Asks(ask, log.clone());
        let client = spawn(move || {
            let _asks = asks;
            sleep(Duration::MAX);
        });
        yield_now();
        client.kill();
        server.wait().unwrap();
        assert_eq!(log.take(), "5");
        assert!(client.wait().unwrap_err().is_killed());
    });
}

#[test]
fn a_panic_closes_its_ends() {
    check(|| {
        let (sender, receiver) = channel::<u8>();
        let thread = spawn(move || {
            let _sender = sender;
            panic!("as asked");
        });
        assert_eq!(receiver.recv(), Err(RecvError));
        let text = panic_of(|| thread.wait().unwrap());
        assert!(text.contains("as asked"), "{text}");
    });
}
