//! crossbeam's channels, which wait by parking.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use crossbeam_channel::{after, bounded, never, select, tick, unbounded};
use eventlet_monkey_tests::{at_once, check, check_without_the_patch};
use eventlet_tests::ms;

const N: usize = 200;

#[test]
fn everything_arrives_once() {
    const EACH: usize = 50;
    check(|| {
        let channels = [unbounded(), bounded(0), bounded(1), bounded(16)];
        for (sender, receiver) in channels {
            let (sum, n_received) = (AtomicUsize::new(0), AtomicUsize::new(0));
            at_once(N, |i| {
                for n in 0..EACH {
                    if i % 2 == 0 {
                        sender.send(i * EACH + n).unwrap();
                    } else {
                        sum.fetch_add(receiver.recv().unwrap(), Ordering::Relaxed);
                        n_received.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
            assert_eq!(n_received.into_inner(), N / 2 * EACH);
            let sent = (0..N).step_by(2).flat_map(|i| i * EACH..(i + 1) * EACH);
            assert_eq!(sum.into_inner(), sent.sum());
        }
    });
}

#[test]
fn one_of_several_is_selected() {
    check(|| {
        let (left, right) = (bounded(0), bounded(0));
        let n_received = [AtomicUsize::new(0), AtomicUsize::new(0)];
        at_once(N, |i| match i % 4 {
            0 => left.0.send(()).unwrap(),
            1 => right.0.send(()).unwrap(),
            _ => {
                let from = select! {
                    recv(left.1) -> _ => 0,
                    recv(right.1) -> _ => 1,
                };
                n_received[from].fetch_add(1, Ordering::Relaxed);
            }
        });
        assert_eq!(n_received.map(AtomicUsize::into_inner), [N / 4; 2]);
    });
}

#[test]
fn waits_end_at_their_time() {
    check(|| {
        let run = at_once(N, |i| {
            let start = Instant::now();
            match i % 3 {
                0 => assert!(never::<()>().recv_timeout(ms(500)).is_err()),
                1 => assert!(after(ms(500)).recv().is_ok()),
                _ => assert_eq!(tick(ms(100)).iter().take(5).count(), 5),
            }
            assert!(start.elapsed() >= ms(500));
        });
        run.like_the_slowest(ms(500));
    });
}

#[test]
fn an_os_thread_sends() {
    check(|| {
        let (sender, receiver) = bounded(0);
        thread::scope(|scope| {
            scope.spawn(|| (0..N).for_each(|i| sender.send(i).unwrap()));
            let run = at_once(N, |_| receiver.recv().unwrap());
            let mut results = run.results;
            results.sort_unstable();
            assert!((0..N).eq(results));
        });
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}
