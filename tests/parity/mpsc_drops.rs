//! What std documents about `std::sync::mpsc`: what becomes of messages.

use std::sync::mpsc::{self, SendError, TrySendError};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use eventlet_tests::check;

/// A message, and a way to see whether it is still there.
fn message() -> (Arc<u8>, Weak<u8>) {
    let message = Arc::new(1);
    let seen = Arc::downgrade(&message);
    (message, seen)
}

fn is_there(seen: &Weak<u8>) -> bool {
    seen.strong_count() > 0
}

#[test]
fn queued_messages_go_with_the_receiver() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        let (message, seen) = message();
        sender.send(message).unwrap();
        drop(receiver);
        assert!(!is_there(&seen), "although there is a sender still");
    });
}

#[test]
fn queued_messages_of_a_limited_channel_go_with_the_receiver() {
    check(|| {
        let (sender, receiver) = mpsc::sync_channel(1);
        let (message, seen) = message();
        sender.send(message).unwrap();
        drop(receiver);
        assert!(!is_there(&seen), "although there is a sender still");
    });
}

#[test]
fn queued_messages_stay_without_senders() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        let (message, seen) = message();
        sender.send(message).unwrap();
        drop(sender);
        assert!(is_there(&seen));
        drop(receiver);
        assert!(!is_there(&seen));
    });
}

#[test]
fn a_message_that_comes_back_is_the_senders() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        drop(receiver);
        let (message, seen) = message();
        let SendError(message) = sender.send(message).unwrap_err();
        assert_eq!(Arc::strong_count(&message), 1);
        drop(message);
        assert!(!is_there(&seen));
    });
}

#[test]
fn a_message_without_room_is_the_senders() {
    check(|| {
        let (sender, receiver) = mpsc::sync_channel(0);
        let (message, seen) = message();
        let Err(TrySendError::Full(message)) = sender.try_send(message) else { panic!("room") };
        drop(receiver);
        let Err(TrySendError::Disconnected(message)) = sender.try_send(message) else {
            panic!("a receiver")
        };
        drop(message);
        assert!(!is_there(&seen));
    });
}

#[test]
fn a_received_message_is_the_receivers() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        let (message, seen) = message();
        sender.send(message).unwrap();
        let message = receiver.recv().unwrap();
        drop((sender, receiver));
        assert_eq!(Arc::strong_count(&message), 1);
        drop(message);
        assert!(!is_there(&seen));
    });
}

#[test]
fn an_error_holds_the_message_until_it_is_dropped() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        drop(receiver);
        let (message, seen) = message();
        let error = sender.send(message);
        drop(sender);
        assert!(is_there(&seen));
        drop(error);
        assert!(!is_there(&seen));
    });
}

#[test]
fn an_owning_iterator_that_is_left_drops_the_rest() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        let (first, seen_first) = message();
        let (second, seen_second) = message();
        sender.send(first).unwrap();
        sender.send(second).unwrap();
        assert!(receiver.into_iter().next().is_some());
        assert!(!is_there(&seen_first) && !is_there(&seen_second));
        assert!(sender.send(Arc::new(2)).is_err());
    });
}

#[test]
fn messages_are_dropped_in_the_order_of_sending() {
    struct Tell(u8, mpsc::Sender<u8>);
    impl Drop for Tell {
        fn drop(&mut self) {
            self.1.send(self.0).unwrap();
        }
    }
    check(|| {
        let (dropped, order) = mpsc::channel();
        let (sender, receiver) = mpsc::channel();
        (0..5).for_each(|n| sender.send(Tell(n, dropped.clone())).unwrap());
        drop((receiver, sender, dropped));
        assert_eq!(order.iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    });
}

#[test]
fn a_message_may_use_the_channel_when_it_is_dropped() {
    struct Echo(mpsc::Sender<Option<Echo>>);
    impl Drop for Echo {
        fn drop(&mut self) {
            assert!(self.0.send(None).is_err(), "the receiver is gone by then");
        }
    }
    check(|| {
        let (sender, receiver) = mpsc::channel();
        sender.send(Some(Echo(sender.clone()))).unwrap();
        drop(receiver);
        assert!(sender.send(None).is_err());
    });
}

#[test]
fn a_panicking_receiver_gives_messages_back() {
    check(|| {
        let (sender, receiver) = mpsc::sync_channel(0);
        let receiving = thread::spawn(move || {
            let _receiver = receiver;
            thread::sleep(Duration::from_millis(1));
            panic!("expected");
        });
        let (message, seen) = message();
        let SendError(message) = sender.send(message).unwrap_err();
        assert!(receiving.join().is_err());
        drop(message);
        assert!(!is_there(&seen));
    });
}

#[test]
fn messages_without_a_size() {
    check(|| {
        let (sender, receiver) = mpsc::channel();
        (0..3).for_each(|_| sender.send(()).unwrap());
        drop(sender);
        assert_eq!(receiver.iter().count(), 3);
    });
}

#[test]
fn large_messages() {
    check(|| {
        let (sender, receiver) = mpsc::sync_channel(2);
        let sending = thread::spawn(move || (0..5).for_each(|n| sender.send([n; 256]).unwrap()));
        for (n, message) in receiver.iter().enumerate() {
            assert_eq!(message, [n; 256]);
        }
        sending.join().unwrap();
    });
}
