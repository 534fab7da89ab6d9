//! What std documents about `std::sync::mpsc`: channels with a limit.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvError, RecvTimeoutError, SendError, TryRecvError, TrySendError};
use std::sync::{Arc, mpsc::sync_channel};
use std::thread;
use std::time::Duration;

use eventlet_tests::check;

#[test]
fn there_is_room_for_as_many_as_was_said() {
    check(|| {
        let (sender, receiver) = sync_channel(2);
        sender.send(1).unwrap();
        sender.try_send(2).unwrap();
        assert_eq!(sender.try_send(3), Err(TrySendError::Full(3)));
        assert_eq!(receiver.recv(), Ok(1));
        sender.try_send(4).unwrap();
        assert_eq!(receiver.try_iter().collect::<Vec<_>>(), [2, 4]);
    });
}

#[test]
fn sending_waits_for_room() {
    check(|| {
        let (sender, receiver) = sync_channel(1);
        let n_sent = Arc::new(AtomicUsize::new(0));
        let counter = n_sent.clone();
        let sending = thread::spawn(move || {
            for n in 0..4 {
                sender.send(n).unwrap();
                counter.fetch_add(1, Ordering::SeqCst);
            }
        });
        for n in 0..4 {
            thread::sleep(Duration::from_millis(1));
            assert!(n_sent.load(Ordering::SeqCst) <= n as usize + 1);
            assert_eq!(receiver.recv(), Ok(n));
        }
        sending.join().unwrap();
        assert_eq!(receiver.recv(), Err(RecvError));
    });
}

#[test]
fn a_rendezvous_waits_for_the_receiver() {
    check(|| {
        let (sender, receiver) = sync_channel(0);
        let sending = thread::spawn(move || sender.send("from hand to hand"));
        thread::sleep(Duration::from_millis(2));
        assert!(!sending.is_finished());
        assert_eq!(receiver.recv(), Ok("from hand to hand"));
        assert_eq!(sending.join().unwrap(), Ok(()));
    });
}

#[test]
fn a_rendezvous_waits_for_the_sender() {
    check(|| {
        let (sender, receiver) = sync_channel(0);
        let receiving = thread::spawn(move || receiver.recv());
        thread::sleep(Duration::from_millis(1));
        assert!(!receiving.is_finished());
        sender.send(1).unwrap();
        assert_eq!(receiving.join().unwrap(), Ok(1));
    });
}

#[test]
fn a_rendezvous_without_a_receiver_at_hand_has_no_room() {
    check(|| {
        let (sender, receiver) = sync_channel(0);
        assert_eq!(sender.try_send(1), Err(TrySendError::Full(1)));
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        drop(receiver);
        assert_eq!(sender.try_send(2), Err(TrySendError::Disconnected(2)));
    });
}

#[test]
fn a_rendezvous_with_a_receiver_at_hand_has_room() {
    check(|| {
        let (sender, receiver) = sync_channel(0);
        let receiving = thread::spawn(move || receiver.recv());
        while let Err(refused) = sender.try_send(7) {
            assert_eq!(refused, TrySendError::Full(7));
            thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(receiving.join().unwrap(), Ok(7));
    });
}

#[test]
fn what_a_sender_waits_with_can_be_tried_for() {
    check(|| {
        let (sender, receiver) = sync_channel(0);
        let sending = thread::spawn(move || sender.send(5).unwrap());
        let message = loop {
            match receiver.try_recv() {
                Ok(message) => break message,
                Err(error) => assert_eq!(error, TryRecvError::Empty),
            }
            thread::sleep(Duration::from_millis(1));
        };
        assert_eq!(message, 5);
        sending.join().unwrap();
    });
}

#[test]
fn a_sender_that_waits_gets_its_message_back() {
    check(|| {
        for bound in [0, 1] {
            let (sender, receiver) = sync_channel(bound);
            (0..bound).for_each(|_| sender.send(0).unwrap());
            let sending = thread::spawn(move || sender.send(9));
            thread::sleep(Duration::from_millis(1));
            assert!(!sending.is_finished());
            drop(receiver);
            assert_eq!(sending.join().unwrap(), Err(SendError(9)));
        }
    });
}

#[test]
fn all_who_wait_hear_that_the_receiver_is_gone() {
    check(|| {
        let (sender, receiver) = sync_channel(0);
        let sending: Vec<_> = (0..4)
            .map(|n| {
                let sender = sender.clone();
                thread::spawn(move || sender.send(n))
            })
            .collect();
        thread::sleep(Duration::from_millis(1));
        drop(receiver);
        for (n, thread) in sending.into_iter().enumerate() {
            assert_eq!(thread.join().unwrap(), Err(SendError(n)));
        }
        assert_eq!(sender.send(5), Err(SendError(5)));
    });
}

#[test]
fn every_message_of_many_senders_arrives() {
    check(|| {
        for bound in [0, 1, 3, 100] {
            let (sender, receiver) = sync_channel(bound);
            let threads: Vec<_> = (0..4)
                .map(|from| {
                    let sender = sender.clone();
                    thread::spawn(move || (0..25).for_each(|n| sender.send(from * 25 + n).unwrap()))
                })
                .collect();
            drop(sender);
            let mut all: Vec<i32> = receiver.iter().collect();
            all.sort_unstable();
            assert_eq!(all, (0..100).collect::<Vec<_>>());
            threads.into_iter().for_each(|thread| thread.join().unwrap());
        }
    });
}

#[test]
fn messages_that_are_queued_outlive_the_senders() {
    check(|| {
        let (sender, receiver) = sync_channel(3);
        (0..3).for_each(|n| sender.send(n).unwrap());
        drop(sender);
        assert_eq!(receiver.into_iter().collect::<Vec<_>>(), [0, 1, 2]);
    });
}

#[test]
fn limits_at_a_rendezvous() {
    check(|| {
        let (sender, receiver) = sync_channel(0);
        let late = receiver.recv_timeout(Duration::from_millis(1));
        assert_eq!(late, Err(RecvTimeoutError::Timeout));
        let sending = thread::spawn(move || sender.send(1).unwrap());
        assert_eq!(receiver.recv_timeout(Duration::from_secs(3600)), Ok(1));
        sending.join().unwrap();
        let over = receiver.recv_timeout(Duration::from_secs(3600));
        assert_eq!(over, Err(RecvTimeoutError::Disconnected));
    });
}

#[test]
fn one_who_has_given_up_takes_nothing() {
    check(|| {
        let (sender, receiver) = sync_channel(0);
        assert!(receiver.recv_timeout(Duration::from_millis(1)).is_err());
        assert_eq!(sender.try_send(1), Err(TrySendError::Full(1)));
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    });
}

#[test]
fn errors_of_trying_tell_what_happened() {
    check(|| {
        let (full, over) = (TrySendError::Full(1), TrySendError::Disconnected(1));
        assert_eq!(full.to_string(), "sending on a full channel");
        assert_eq!(over.to_string(), "sending on a closed channel");
        assert_eq!(TrySendError::from(SendError(1)), over);
        assert_eq!(format!("{full:?}"), "TrySendError::Full(..)");
        assert_eq!(format!("{over:?}"), "TrySendError::Disconnected(..)");
    });
}

#[test]
fn debug_texts() {
    check(|| {
        let (sender, _receiver) = mpsc::sync_channel::<u8>(1);
        assert_eq!(format!("{sender:?}"), "SyncSender { .. }");
    });
}

#[test]
fn whoever_offers_again_and_again_is_rid_of_it() {
    check(|| {
        let (sender, receiver) = sync_channel(0);
        let receiving = thread::spawn(move || receiver.recv().unwrap());
        while sender.try_send(7).is_err() {}
        assert_eq!(receiving.join().unwrap(), 7);
    });
}
