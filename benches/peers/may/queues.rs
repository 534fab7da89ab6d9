//! Items from one coroutine to another. may's channels have no limit.

use may::go;
use may::sync::mpsc;

use super::run;

const OPEN: &str = "nobody closes it";
const DONE: &str = "the coroutine returns";

/// There and back through two channels.
pub(super) fn ping_pong(n: u64) {
    let (to_there, from_there) = mpsc::channel();
    let (to_back, from_back) = mpsc::channel();
    run(move || {
        let ping = go!(move || {
            for i in 0..n {
                to_there.send(i).expect(OPEN);
                assert_eq!(from_back.recv(), Ok(i));
            }
        });
        let pong = go!(move || {
            for _ in 0..n {
                to_back.send(from_there.recv().expect(OPEN)).expect(OPEN);
            }
        });
        ping.join().expect(DONE);
        pong.join().expect(DONE);
    });
}

/// From one to the other.
pub(super) fn stream(n: u64) {
    let (sender, receiver) = mpsc::channel();
    run(move || {
        let producer = go!(move || (0..n).for_each(|i| sender.send(i).expect(OPEN)));
        let consumer = go!(move || (0..n).for_each(|i| assert_eq!(receiver.recv(), Ok(i))));
        producer.join().expect(DONE);
        consumer.join().expect(DONE);
    });
}
