//! Futures in green threads: who waits, who wakes, and how a wait is broken off.

use std::cell::Cell;
use std::future::{IntoFuture, pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::task::Poll;

use eventlet::future::block_on;
use eventlet::{debug, spawn, with_timeout};
use eventlet_tests::{Log, OnDrop, check, ms, panic_of, sleeper, yield_now};
use futures_channel::oneshot;
use futures_util::future::{Either, join, join_all, select};
use futures_util::stream::{FuturesUnordered, StreamExt};

#[test]
fn a_channel_between_green_threads() {
    check(|| {
        let (sender, receiver) = async_channel::bounded(2);
        let producer = spawn(move || {
            for n in 0..1000 {
                block_on(sender.send(n)).unwrap();
            }
        });
        let sums: Vec<_> = (0..4)
            .map(|_| {
                let receiver = receiver.clone();
                spawn(move || {
                    let mut sum = 0;
                    while let Ok(n) = block_on(receiver.recv()) {
                        sum += n;
                    }
                    sum
                })
            })
            .collect();
        producer.wait().unwrap();
        assert_eq!(sums.into_iter().map(|sum| sum.wait().unwrap()).sum::<i32>(), 499_500);
    });
}

#[test]
fn only_the_caller_waits() {
    check(|| {
        let (sender, receiver) = oneshot::channel();
        let log = Log::new();
        let theirs = log.clone();
        let waiting = spawn(move || theirs.add(block_on(receiver).unwrap()));
        yield_now();
        log.add("others run");
        sender.send("woken").unwrap();
        assert_eq!(log.take(), "others run", "a wake does not switch");
        yield_now();
        assert_eq!(log.take(), "woken", "it needs no mail");
        waiting.wait().unwrap();
    });
}

#[test]
fn combinators() {
    check(|| {
        let numbers = (0..10).map(|n| {
            spawn(move || {
                eventlet::sleep(ms(10 - n));
                n
            })
            .into_future()
        });
        let joined = block_on(join_all(numbers.collect::<Vec<_>>()));
        assert_eq!(joined.into_iter().map(Result::unwrap).sum::<u64>(), 45);

        let (sender, receiver) = oneshot::channel::<i32>();
        let fast = spawn(move || sender.send(5).unwrap()).into_future();
        let (first, second) = block_on(join(receiver, fast));
        assert_eq!((first.unwrap(), second.unwrap()), (5, ()));

        let slow = sleeper(&Log::new());
        let handle = slow.handle();
        match block_on(select(spawn(|| 1).into_future(), slow.into_future())) {
            Either::Left((one, _other)) => assert_eq!(one.unwrap(), 1),
            Either::Right(_) => panic!("the slow one was first"),
        }
        assert!(!handle.is_dead(), "dropped, it is detached");
        handle.kill();
    });
}

#[test]
fn an_executor_of_its_own_wakers() {
    check(|| {
        let threads: FuturesUnordered<_> =
            (0..20_u64).map(|n| spawn(move || eventlet::sleep(ms(20 - n))).into_future()).collect();
        assert_eq!(block_on(threads.filter(|end| std::future::ready(end.is_ok())).count()), 20);
    });
}

#[test]
fn how_an_awaited_green_thread_ended() {
    check(|| {
        let killed = spawn(|| ());
        killed.kill();
        assert!(block_on(killed).unwrap_err().is_killed());
        let panicked = block_on(spawn(|| panic!("expected")));
        assert!(panicked.map(|(): ()| ()).unwrap_err().is_panic());
        let mut wait = spawn(|| 3).into_future();
        assert_eq!(block_on(&mut wait).unwrap(), 3);
        assert!(panic_of(|| block_on(wait)).contains("after it had been ready"));

        let own = Rc::new(Cell::new(None));
        let theirs = own.clone();
        let thread = spawn(move || panic_of(|| block_on(theirs.take().unwrap())));
        let handle = thread.handle();
        own.set(Some(thread));
        yield_now();
        assert!(handle.is_dead());
    });
}

#[test]
fn one_inside_another() {
    check(|| {
        let (sender, receiver) = async_channel::unbounded();
        let inner = receiver.clone();
        let thread = spawn(move || {
            block_on(async move {
                let first = receiver.recv().await.unwrap();
                let second = block_on(async { inner.recv().await.unwrap() });
                first * 10 + second + receiver.recv().await.unwrap() * 100
            })
        });
        for n in 1..=3 {
            yield_now();
            sender.try_send(n).unwrap();
        }
        assert_eq!(thread.wait().unwrap(), 312);
    });
}

#[test]
fn a_timeout_and_a_kill_drop_the_future() {
    check(|| {
        debug::pause_clock();
        let log = Log::new();
        let noted = log.on_drop("dropped");
        let future = async move {
            let _noted = noted;
            pending::<()>().await;
        };
        assert!(with_timeout(ms(50), || block_on(future)).is_err());
        assert_eq!(log.take(), "dropped");

        let (sender, receiver) = oneshot::channel::<()>();
        let victim = spawn(move || block_on(receiver).is_ok());
        yield_now();
        victim.kill();
        assert!(victim.wait().unwrap_err().is_killed());
        assert!(sender.is_canceled());
        sender.send(()).unwrap_err();
    });
}

#[test]
fn a_wake_before_the_wait_is_not_lost() {
    check(|| {
        let n_polls = Cell::new(0);
        let other = Rc::new(Cell::new(0));
        let theirs = other.clone();
        let counting = spawn(move || {
            loop {
                theirs.set(theirs.get() + 1);
                yield_now();
            }
        });
        let future = poll_fn(|context| {
            context.waker().wake_by_ref();
            n_polls.set(n_polls.get() + 1);
            if n_polls.get() == 100 { Poll::Ready(()) } else { Poll::Pending }
        });
        block_on(future);
        assert_eq!(n_polls.get(), 100);
        assert!(other.get() >= 99, "others run while a future wakes itself: {}", other.get());
        counting.kill();
    });
}

/// A destructor can wait for a future, whether it is woken by someone or wakes itself.
#[test]
fn in_a_destructor_while_unwinding() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _on_drop = OnDrop(|| {
                let flag = Rc::new(Cell::new(false));
                let set = flag.clone();
                let thread = spawn(move || {
                    eventlet::sleep(ms(5));
                    set.set(true);
                });
                block_on(poll_fn(|context| {
                    context.waker().wake_by_ref();
                    if flag.get() { Poll::Ready(()) } else { Poll::Pending }
                }));
                block_on(thread).unwrap();
                theirs.add("waited");
            });
            panic!("expected");
        }));
        assert!(caught.is_err());
        assert_eq!(log.take(), "waited");
    });
}
