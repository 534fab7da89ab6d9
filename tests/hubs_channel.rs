//! `green::sync::mpsc`: between green threads, hubs and OS threads; order, room, ends, timeouts.

use std::thread;
use std::time::{Duration, Instant};

use eventlet::green::sync::mpsc::{
    Receiver, RecvError, RecvTimeoutError, SendError, Sender, SyncSender, TryRecvError,
    TrySendError, channel, sync_channel,
};
use eventlet::hubs::spawn_hub;
use eventlet::{debug, sleep, spawn};
use eventlet_tests::{Log, check, check_within, ms, timed, yield_now};

const SECOND: Duration = Duration::from_secs(1);

/// The types have std's auto traits.
#[test]
fn what_can_be_sent_and_shared() {
    fn is_sync<T: Send + Sync>() {}
    fn is_send<T: Send>() {}
    is_sync::<Sender<u8>>();
    is_sync::<SyncSender<std::cell::Cell<u8>>>();
    is_send::<Receiver<u8>>();
}

#[test]
fn in_one_hub() {
    check(|| {
        let (sender, receiver) = channel();
        let thread = spawn(move || receiver.iter().collect::<Vec<_>>());
        for n in 0..100 {
            sender.send(n).unwrap();
            if n % 7 == 0 {
                yield_now();
            }
        }
        drop(sender);
        assert_eq!(thread.wait().unwrap(), (0..100).collect::<Vec<_>>());
    });
}

#[test]
fn between_hubs_in_both_directions() {
    const N: u32 = 20_000;
    check_within(Duration::from_secs(60), || {
        let hub = spawn_hub().unwrap();
        let (there, theirs) = channel();
        let (back, ours) = channel();
        let echo = hub.spawn(move || {
            for n in theirs {
                back.send(n).unwrap();
            }
        });
        let sending = spawn(move || {
            for n in 0..N {
                there.send(n).unwrap();
                if n % 1000 == 0 {
                    sleep(Duration::ZERO);
                }
            }
        });
        assert!(ours.iter().eq(0..N));
        sending.wait().unwrap();
        echo.wait().unwrap();
        assert!(hub.shutdown(SECOND).is_clean());
    });
}

/// Each waits for the other, message by message.
#[test]
fn two_hubs_play_ping_pong() {
    check_within(Duration::from_secs(60), || {
        let hubs = [spawn_hub().unwrap(), spawn_hub().unwrap()];
        for bound in [0, 1] {
            let (ping, pings) = sync_channel(bound);
            let (pong, pongs) = sync_channel(bound);
            let first = hubs[0].spawn(move || {
                for n in 0..5000 {
                    ping.send(n).unwrap();
                    assert_eq!(pongs.recv(), Ok(n));
                }
            });
            let second = hubs[1].spawn(move || {
                for n in pings {
                    pong.send(n).unwrap();
                }
            });
            first.wait().unwrap();
            second.wait().unwrap();
        }
        for hub in hubs {
            assert!(hub.shutdown(SECOND).is_clean());
        }
    });
}

#[test]
fn with_plain_os_threads() {
    check(|| {
        let (sender, receiver) = sync_channel(2);
        let senders: Vec<_> = (0..4)
            .map(|number| {
                let sender = sender.clone();
                thread::spawn(move || {
                    for n in 0..500 {
                        sender.send((number, n)).unwrap();
                    }
                })
            })
            .collect();
        drop(sender);
        let mut next = [0; 4];
        for (number, n) in &receiver {
            assert_eq!(n, next[number]);
            next[number] += 1;
        }
        assert_eq!(next, [500; 4]);
        senders.into_iter().for_each(|thread| thread.join().unwrap());
        // The other way round: an OS thread without green threads waits.
        let (sender, receiver) = channel();
        let other = thread::spawn(move || receiver.iter().sum::<u32>());
        spawn(move || {
            for n in 0..10 {
                sleep(ms(1));
                sender.send(n).unwrap();
            }
        });
        while !other.is_finished() {
            sleep(ms(1));
        }
        assert_eq!(other.join().unwrap(), 45);
    });
}

/// Several hubs and OS threads send at once, and every message arrives once.
#[test]
fn many_senders_of_many_hubs() {
    const EACH: u64 = 2000;
    check_within(Duration::from_secs(60), || {
        let hubs = [spawn_hub().unwrap(), spawn_hub().unwrap()];
        let (sender, receiver) = sync_channel(16);
        let senders: Vec<_> = (0..8_usize)
            .map(|number| {
                let sender = sender.clone();
                hubs[number % 2].spawn(move || {
                    for n in 0..EACH {
                        sender.send(number as u64 * EACH + n).unwrap();
                    }
                })
            })
            .collect();
        drop(sender);
        let mut seen: Vec<_> = receiver.iter().collect();
        seen.sort_unstable();
        assert!(seen.into_iter().eq(0..8 * EACH));
        senders.into_iter().for_each(|thread| thread.wait().unwrap());
        for hub in hubs {
            assert!(hub.shutdown(SECOND).is_clean());
        }
    });
}

#[test]
fn a_full_channel_holds_its_sender_up() {
    check(|| {
        let (sender, receiver) = sync_channel(3);
        let log = Log::new();
        let theirs = log.clone();
        let sending = spawn(move || {
            for n in 1..=6 {
                sender.send(n).unwrap();
                theirs.add(n);
            }
        });
        yield_now();
        assert_eq!(log.take(), "1 2 3");
        assert_eq!(receiver.recv(), Ok(1));
        yield_now();
        assert_eq!(log.take(), "4");
        assert_eq!(receiver.iter().collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
        sending.wait().unwrap();
    });
}

#[test]
fn senders_get_room_in_the_order_they_came() {
    check(|| {
        let (sender, receiver) = sync_channel(1);
        sender.send(0).unwrap();
        let senders: Vec<_> = (1..=5)
            .map(|n| {
                let sender = sender.clone();
                let thread = spawn(move || sender.send(n).unwrap());
                yield_now();
                thread
            })
            .collect();
        drop(sender);
        assert_eq!(receiver.iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        senders.into_iter().for_each(|thread| thread.wait().unwrap());
    });
}

/// However many senders wait, each costs about the same; the machine may be busy, though.
#[test]
fn a_crowd_of_senders() {
    fn cost_of_each(n: u32) -> Duration {
        let (sender, receiver) = sync_channel(1);
        for n in 0..n {
            let sender = sender.clone();
            spawn(move || sender.send(n).unwrap());
        }
        drop(sender);
        yield_now();
        let before = Instant::now();
        assert!(receiver.iter().eq(0..n));
        before.elapsed() / n
    }
    check(|| {
        let least = |n| (0..3).map(|_| cost_of_each(n)).min().unwrap();
        let (of_few, of_many) = (least(500), least(16_000));
        assert!(of_many < of_few * 10, "{of_few:?} among few, {of_many:?} among many");
    });
}

#[test]
fn a_bound_of_zero_hands_over() {
    check(|| {
        let (sender, receiver) = sync_channel(0);
        assert_eq!(sender.try_send(0), Err(TrySendError::Full(0)));
        let log = Log::new();
        let theirs = log.clone();
        let sending = spawn(move || {
            sender.send(1).unwrap();
            theirs.add("sent");
            sender
        });
        yield_now();
        assert_eq!(log.take(), "", "nobody has received it");
        assert_eq!(receiver.recv(), Ok(1));
        let sender = sending.wait().unwrap();
        assert_eq!(log.take(), "sent");
        let receiving = spawn(move || (receiver.recv(), receiver));
        yield_now();
        assert_eq!(sender.try_send(2), Ok(()));
        assert_eq!(sender.try_send(3), Err(TrySendError::Full(3)));
        let (received, receiver) = receiving.wait().unwrap();
        assert_eq!(received, Ok(2));
        assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
    });
}

#[test]
fn without_senders_receiving_ends() {
    check(|| {
        let (sender, receiver) = channel::<u8>();
        let last = sender.clone();
        drop(sender);
        let waiting = spawn(move || (receiver.recv(), receiver));
        yield_now();
        last.send(1).unwrap();
        drop(last);
        let (first, receiver) = waiting.wait().unwrap();
        assert_eq!(first, Ok(1));
        assert_eq!(receiver.recv(), Err(RecvError));
        assert_eq!(receiver.recv_timeout(SECOND), Err(RecvTimeoutError::Disconnected));
    });
}

#[test]
fn the_end_wakes_those_who_wait_in_other_hubs() {
    check(|| {
        let hub = spawn_hub().unwrap();
        let (sender, receiver) = channel::<u8>();
        let waiting = hub.spawn(move || receiver.recv());
        let (full, kept) = sync_channel(0);
        let sending = hub.spawn(move || full.send("back"));
        sleep(ms(10));
        drop(sender);
        drop(kept);
        assert_eq!(waiting.wait().unwrap(), Err(RecvError));
        assert_eq!(sending.wait().unwrap(), Err(SendError("back")));
        assert!(hub.shutdown(SECOND).is_clean());
    });
}

#[test]
fn timeouts() {
    check(|| {
        let (sender, receiver) = channel();
        timed(ms(2), || {
            assert_eq!(receiver.recv_timeout(ms(2)), Err(RecvTimeoutError::Timeout));
        });
        debug::pause_clock();
        let theirs = sender.clone();
        spawn(move || {
            sleep(ms(10));
            theirs.send("in time").unwrap();
        });
        let before = debug::now();
        assert_eq!(receiver.recv_timeout(ms(2)), Err(RecvTimeoutError::Timeout));
        assert_eq!(debug::now() - before, ms(2));
        assert_eq!(receiver.recv_timeout(SECOND * 20), Ok("in time"));
        assert_eq!(receiver.recv_timeout(Duration::ZERO), Err(RecvTimeoutError::Timeout));
        sender.send("there").unwrap();
        assert_eq!(receiver.recv_timeout(Duration::ZERO), Ok("there"));
    });
}

/// A paused clock does not wait for a message: it may come from a green thread that sleeps.
#[test]
fn a_paused_clock_jumps_while_a_channel_is_waited_for() {
    check(|| {
        debug::pause_clock();
        let (sender, receiver) = channel();
        spawn(move || {
            for n in 0..3 {
                sleep(Duration::from_secs(3600));
                sender.send(n).unwrap();
            }
        });
        let before = debug::now();
        assert!(receiver.iter().eq(0..3));
        assert_eq!(debug::now() - before, Duration::from_secs(3 * 3600));
    });
}
