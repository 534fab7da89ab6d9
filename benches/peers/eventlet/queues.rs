//! Items from one green thread to another.

use eventlet::{LightQueue, join_all, spawn};

const OPEN: &str = "nobody shuts it down";

/// There and back through two queues with room for one item.
pub(super) fn ping_pong(n: u64) {
    let (there, back) = (LightQueue::new(Some(1)), LightQueue::new(Some(1)));
    let (to_there, from_there) = (there.clone(), there);
    let (to_back, from_back) = (back.clone(), back);
    let ping = spawn(move || {
        for i in 0..n {
            to_there.put(i).expect(OPEN);
            assert_eq!(from_back.get(), Ok(i));
        }
    });
    let pong = spawn(move || {
        for _ in 0..n {
            to_back.put(from_there.get().expect(OPEN)).expect(OPEN);
        }
    });
    assert!(join_all([ping, pong]).iter().all(Result::is_ok));
}

/// From one to the other through a queue with room for so many.
pub(super) fn stream<const ROOM: usize>(n: u64) {
    let queue = LightQueue::new(Some(ROOM));
    let theirs = queue.clone();
    let producer = spawn(move || (0..n).for_each(|i| theirs.put(i).expect(OPEN)));
    let consumer = spawn(move || (0..n).for_each(|i| assert_eq!(queue.get(), Ok(i))));
    assert!(join_all([producer, consumer]).iter().all(Result::is_ok));
}
