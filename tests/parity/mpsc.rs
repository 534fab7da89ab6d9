//! What std documents about `std::sync::mpsc`.

use std::sync::mpsc::{self, RecvError, TryRecvError};
use std::thread;

use eventlet_tests::check;

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
