//! Items from one task to another.

use tokio::sync::mpsc;
use tokio::task::spawn_local;

use super::run;

const OPEN: &str = "nobody closes it";
const DONE: &str = "the task returns";

/// There and back through two channels with room for one item.
pub(super) fn ping_pong(n: u64) {
    run(|builder| builder, async {
        let (to_there, mut from_there) = mpsc::channel(1);
        let (to_back, mut from_back) = mpsc::channel(1);
        let ping = spawn_local(async move {
            for i in 0..n {
                to_there.send(i).await.expect(OPEN);
                assert_eq!(from_back.recv().await, Some(i));
            }
        });
        let pong = spawn_local(async move {
            for _ in 0..n {
                to_back.send(from_there.recv().await.expect(OPEN)).await.expect(OPEN);
            }
        });
        ping.await.expect(DONE);
        pong.await.expect(DONE);
    });
}

/// From one to the other through a channel with room for so many.
pub(super) fn stream<const ROOM: usize>(n: u64) {
    run(|builder| builder, async {
        let (sender, mut receiver) = mpsc::channel(ROOM);
        let producer = spawn_local(async move {
            for i in 0..n {
                sender.send(i).await.expect(OPEN);
            }
        });
        let consumer = spawn_local(async move {
            for i in 0..n {
                assert_eq!(receiver.recv().await, Some(i));
            }
        });
        producer.await.expect(DONE);
        consumer.await.expect(DONE);
    });
}
