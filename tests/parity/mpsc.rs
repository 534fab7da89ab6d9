//! What std documents about `std::sync::mpsc`: channels without a limit.

use std::error::Error;
use std::sync::mpsc::{self, RecvError, RecvTimeoutError, SendError, TryRecvError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use eventlet_tests::check;

const LONG: Duration = Duration::from_secs(3600);

#[test]
fn receives_what_was_sent_before_the_sender_went() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || sender.send(7).unwrap()).join().unwrap();
        assert_eq!(receiver.recv(), Ok(7));
        assert_eq!(receiver.recv(), Err(RecvError));
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
    });
}

#[test]
fn a_sender_that_never_waits_does_not_keep_the_receiver_from_going() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        let receiving = thread::spawn(move || receiver.recv().unwrap());
        while sender.send(7).is_ok() {}
        assert_eq!(receiving.join().unwrap(), 7);
    });
}

#[test]
fn whoever_asks_again_and_again_gets_an_answer() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        let sending = thread::spawn(move || sender.send(7).unwrap());
        let received = loop {
            if let Some(message) = receiver.try_iter().next() {
                break message;
            }
        };
        assert_eq!(received, 7);
        sending.join().unwrap();
    });
}

#[test]
fn messages_come_in_the_order_of_sending() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        let sending = thread::spawn(move || (0..100).for_each(|n| sender.send(n).unwrap()));
        assert_eq!(receiver.iter().collect::<Vec<_>>(), (0..100).collect::<Vec<_>>());
        sending.join().unwrap();
    });
}

#[test]
fn sending_never_waits() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        (0..10_000).for_each(|n| sender.send(n).unwrap());
        assert_eq!(receiver.try_iter().count(), 10_000);
    });
}

#[test]
fn of_several_senders_each_keeps_its_order() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        let threads: Vec<_> = (0..5)
            .map(|from| {
                let sender = sender.clone();
                thread::spawn(move || (0..50).for_each(|n| sender.send((from, n)).unwrap()))
            })
            .collect();
        drop(sender);
        let mut next = [0; 5];
        for (from, n) in receiver {
            assert_eq!(next[from], n);
            next[from] += 1;
        }
        assert_eq!(next, [50; 5]);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn a_waiting_receiver_is_woken_by_a_message() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        let receiving = thread::spawn(move || receiver.recv());
        thread::sleep(Duration::from_millis(1));
        assert!(!receiving.is_finished());
        sender.send("late").unwrap();
        assert_eq!(receiving.join().unwrap(), Ok("late"));
    });
}

#[test]
fn a_waiting_receiver_is_woken_by_the_end_of_the_last_sender() {
    check(|| {
        let (sender, receiver) = mpsc::channel::<u8>();
        let other = sender.clone();
        let receiving = thread::spawn(move || receiver.recv());
        drop(sender);
        thread::sleep(Duration::from_millis(1));
        assert!(!receiving.is_finished());
        drop(other);
        assert_eq!(receiving.join().unwrap(), Err(RecvError));
    });
}

#[test]
fn a_sender_that_panics_counts_as_gone() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        let panicking = thread::spawn(move || {
            sender.send(1).unwrap();
            panic!("expected");
        });
        assert_eq!((receiver.recv(), receiver.recv()), (Ok(1), Err(RecvError)));
        assert!(panicking.join().is_err());
    });
}

#[test]
fn without_a_receiver_the_message_comes_back() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        drop(receiver);
        let SendError(message) = sender.send("mine".to_owned()).unwrap_err();
        assert_eq!(message, "mine");
        assert_eq!(sender.clone().send(String::new()), Err(SendError(String::new())));
    });
}

#[test]
fn trying_tells_empty_from_over() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        sender.send(1).unwrap();
        assert_eq!(receiver.try_recv(), Ok(1));
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        drop(sender);
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Disconnected));
    });
}

#[test]
fn a_limit_tells_late_from_over() {
    check(|| {
        let (sender, receiver) = mpsc::channel::<u8>();
        let start = Instant::now();
        let late = receiver.recv_timeout(Duration::from_millis(3));
        assert_eq!(late, Err(RecvTimeoutError::Timeout));
        assert!(start.elapsed() >= Duration::from_millis(3));
        drop(sender);
        assert_eq!(receiver.recv_timeout(LONG), Err(RecvTimeoutError::Disconnected));
        assert_eq!(receiver.recv_timeout(Duration::ZERO), Err(RecvTimeoutError::Disconnected));
    });
}

#[test]
fn a_limit_of_zero_takes_what_is_there() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        assert_eq!(receiver.recv_timeout(Duration::ZERO), Err(RecvTimeoutError::Timeout));
        sender.send(1).unwrap();
        assert_eq!(receiver.recv_timeout(Duration::ZERO), Ok(1));
    });
}

#[test]
fn a_long_limit_is_ended_by_a_message() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        let sending = thread::spawn(move || {
            thread::sleep(Duration::from_millis(1));
            sender.send(5).unwrap();
            sender
        });
        assert_eq!(receiver.recv_timeout(Duration::MAX), Ok(5));
        drop(sending.join().unwrap());
        assert_eq!(receiver.recv_timeout(LONG), Err(RecvTimeoutError::Disconnected));
    });
}

#[test]
fn a_long_limit_is_ended_by_the_end_of_the_senders() {
    check(|| {
        let (sender, receiver) = mpsc::channel::<u8>();
        let dropping = thread::spawn(move || {
            thread::sleep(Duration::from_millis(1));
            drop(sender);
        });
        assert_eq!(receiver.recv_timeout(LONG), Err(RecvTimeoutError::Disconnected));
        dropping.join().unwrap();
    });
}

#[test]
fn iterators_end_with_the_senders() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        sender.send(1).unwrap();
        sender.send(2).unwrap();
        drop(sender);
        let mut borrowed = receiver.iter();
        assert_eq!(borrowed.next(), Some(1));
        assert_eq!(IntoIterator::into_iter(&receiver).next(), Some(2));
        let mut owned = receiver.into_iter();
        assert_eq!((owned.next(), owned.next()), (None, None));
    });
}

#[test]
fn a_trying_iterator_ends_when_there_is_nothing() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        assert_eq!(receiver.try_iter().next(), None);
        (0..3).for_each(|n| sender.send(n).unwrap());
        assert_eq!(receiver.try_iter().take(2).sum::<i32>(), 1);
        sender.send(9).unwrap();
        assert_eq!(receiver.try_iter().collect::<Vec<_>>(), [2, 9]);
        drop(sender);
        assert_eq!(receiver.try_iter().next(), None);
    });
}

#[test]
fn senders_can_be_shared() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        thread::scope(|s| {
            for n in 0..4 {
                let sender = &sender;
                s.spawn(move || sender.send(n).unwrap());
            }
        });
        drop(sender);
        let mut all: Vec<i32> = receiver.iter().collect();
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3]);
    });
}

#[test]
fn a_receiver_behind_a_lock_serves_many() {
    check(|| {
        let (sender, receiver) = mpsc::channel::<u32>();
        let receiver = Arc::new(Mutex::new(receiver));
        let workers: Vec<_> = (0..3)
            .map(|_| {
                let receiver = receiver.clone();
                thread::spawn(move || {
                    let mut sum = 0;
                    loop {
                        let message = receiver.lock().unwrap().recv();
                        let Ok(n) = message else { return sum };
                        sum += n;
                    }
                })
            })
            .collect();
        (1..=50).for_each(|n| sender.send(n).unwrap());
        drop(sender);
        let sum: u32 = workers.into_iter().map(|worker| worker.join().unwrap()).sum();
        assert_eq!(sum, 1275);
    });
}

#[test]
fn ends_can_travel_through_channels() {
    check(|| {
        let (requests, incoming) = mpsc::channel::<(u32, mpsc::Sender<u32>)>();
        let server = thread::spawn(move || {
            for (n, answer) in incoming {
                answer.send(n * n).unwrap();
            }
        });
        for n in 0..5 {
            let (sender, receiver) = mpsc::channel();
            requests.send((n, sender)).unwrap();
            assert_eq!(receiver.recv(), Ok(n * n));
        }
        drop(requests);
        server.join().unwrap();
    });
}

#[test]
fn errors_tell_what_happened() {
    check(|| {
        let texts = [
            (&RecvError as &dyn Error).to_string(),
            TryRecvError::Empty.to_string(),
            TryRecvError::Disconnected.to_string(),
            RecvTimeoutError::Timeout.to_string(),
            RecvTimeoutError::Disconnected.to_string(),
            SendError(1).to_string(),
        ];
        assert_eq!(
            texts,
            [
                "receiving on a closed channel",
                "receiving on an empty channel",
                "receiving on a closed channel",
                "timed out waiting on channel",
                "channel is empty and sending half is closed",
                "sending on a closed channel",
            ]
        );
        assert_eq!(TryRecvError::from(RecvError), TryRecvError::Disconnected);
        assert_eq!(RecvTimeoutError::from(RecvError), RecvTimeoutError::Disconnected);
        assert_eq!(format!("{:?}", SendError(1)), "SendError { .. }");
    });
}

#[test]
fn debug_texts() {
    check(|| {
        let (sender, receiver) = mpsc::channel::<u8>();
        assert_eq!(format!("{sender:?} {receiver:?}"), "Sender { .. } Receiver { .. }");
        assert!(format!("{:?}", receiver.iter()).starts_with("Iter {"));
        assert!(format!("{:?}", receiver.try_iter()).starts_with("TryIter {"));
        assert!(format!("{:?}", receiver.into_iter()).starts_with("IntoIter {"));
    });
}

#[test]
fn what_can_be_sent_and_shared() {
    fn sent<T: Send>() {}
    fn shared<T: Send + Sync>() {}
    fn unwind_safe<T: std::panic::UnwindSafe + std::panic::RefUnwindSafe>() {}
    shared::<mpsc::Sender<u8>>();
    shared::<mpsc::SyncSender<u8>>();
    sent::<mpsc::Receiver<u8>>();
    sent::<mpsc::IntoIter<u8>>();
    unwind_safe::<mpsc::Sender<std::cell::Cell<u8>>>();
    unwind_safe::<mpsc::Receiver<std::cell::Cell<u8>>>();
}
