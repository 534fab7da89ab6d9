//! Futures that other OS threads wake: plain ones, those of another hub, and those of tokio.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::thread;

use eventlet::future::block_on;
use eventlet::hubs::spawn_hub;
use eventlet::{spawn, with_timeout};
use eventlet_tests::{check, ms, panic_of, yield_now};
use futures_channel::oneshot;
use futures_util::future::join_all;

#[test]
fn a_channel_between_hubs_and_os_threads() {
    check(|| {
        let hub = spawn_hub().unwrap();
        let (to_hub, from_main) = async_channel::bounded(1);
        let (to_thread, from_hub) = async_channel::bounded(1);
        let (to_main, from_thread) = async_channel::unbounded();
        let relay = hub.spawn(move || {
            while let Ok(n) = block_on(from_main.recv()) {
                block_on(to_thread.send(n + 1)).unwrap();
            }
        });
        let os_thread = thread::spawn(move || {
            while let Ok(n) = from_hub.recv_blocking() {
                to_main.send_blocking(n * 2).unwrap();
            }
        });
        for n in 0..300 {
            block_on(to_hub.send(n)).unwrap();
            assert_eq!(block_on(from_thread.recv()), Ok((n + 1) * 2));
        }
        drop(to_hub);
        relay.wait().unwrap();
        os_thread.join().unwrap();
        hub.shutdown(ms(5000));
    });
}

/// Tokio's futures look for their runtime while they are polled.
fn on_tokio<F: Future>(runtime: &tokio::runtime::Handle, future: F) -> F::Output {
    let mut future = pin!(future);
    block_on(poll_fn(|context| {
        let _entered = runtime.enter();
        future.as_mut().poll(context)
    }))
}

#[test]
fn futures_that_need_tokio() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    check(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let handle = runtime.handle();
        let listener = on_tokio(handle, TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let theirs = handle.clone();
        let server = spawn(move || {
            for _ in 0..20 {
                let (mut stream, _) = on_tokio(&theirs, listener.accept()).unwrap();
                let theirs = theirs.clone();
                spawn(move || {
                    on_tokio(&theirs, async {
                        let n = stream.read_u64().await.unwrap();
                        tokio::time::sleep(ms(n % 3)).await;
                        stream.write_u64(n + 1).await.unwrap();
                    });
                });
            }
        });
        let clients: Vec<_> = (0..20)
            .map(|n| {
                let theirs = handle.clone();
                spawn(move || {
                    let mut stream = on_tokio(&theirs, TcpStream::connect(address)).unwrap();
                    on_tokio(&theirs, stream.write_u64(n)).unwrap();
                    on_tokio(&theirs, stream.read_u64()).unwrap()
                })
            })
            .collect();
        let answers: Vec<_> = clients.into_iter().map(|client| client.wait().unwrap()).collect();
        assert_eq!(answers, (1..=20).collect::<Vec<u64>>());
        server.wait().unwrap();
    });
}

/// A waker outlives its future, its green thread, and its hub.
#[test]
fn a_late_waker_does_nothing() {
    check(|| {
        let kept: Arc<Mutex<Vec<Waker>>> = Arc::default();
        let keep = |kept: &Arc<Mutex<Vec<Waker>>>| {
            let kept = kept.clone();
            move || {
                let never = poll_fn(move |context| {
                    kept.lock().unwrap().push(context.waker().clone());
                    Poll::<()>::Pending
                });
                let _ = with_timeout(ms(1), || block_on(never));
            }
        };
        spawn(keep(&kept)).wait().unwrap();
        thread::spawn(keep(&kept)).join().unwrap();
        assert_eq!(kept.lock().unwrap().len(), 2);
        kept.lock().unwrap().drain(..).for_each(Waker::wake);
        let text = panic_of(|| spawn(|| std::hint::black_box(())).wait().and(sleep_for_ever()));
        assert!(text.starts_with("deadlock: "), "{text}");
    });
}

/// Nothing can end this.
fn sleep_for_ever() -> Result<(), eventlet::Exit> {
    eventlet::sleep(std::time::Duration::MAX);
    Ok(())
}

/// Many green threads wait for many events in random order, woken here and by another OS thread.
#[test]
fn random_wakes() {
    const N: usize = 400;

    check(|| {
        for seed in 1..=10_u64 {
            let random = RefCell::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
            let below = |n: usize| {
                let mut x = random.borrow_mut();
                *x ^= *x << 13;
                *x ^= *x >> 7;
                *x ^= *x << 17;
                (*x % n as u64) as usize
            };
            let (mut senders, mut receivers): (Vec<_>, Vec<_>) =
                (0..N).map(|_| oneshot::channel::<usize>()).unzip();
            let mut waiting = Vec::new();
            while !receivers.is_empty() {
                let n = (1 + below(4)).min(receivers.len());
                let some: Vec<_> =
                    (0..n).map(|_| receivers.swap_remove(below(receivers.len()))).collect();
                waiting.push(spawn(move || {
                    block_on(join_all(some)).into_iter().map(Result::unwrap).sum::<usize>()
                }));
            }
            let (elsewhere, theirs) = std::sync::mpsc::channel::<oneshot::Sender<usize>>();
            let os_thread = thread::spawn(move || {
                theirs.into_iter().for_each(|sender| sender.send(1).unwrap())
            });
            while !senders.is_empty() {
                let sender = senders.swap_remove(below(senders.len()));
                match below(4) {
                    0 => yield_now(),
                    1 => {
                        elsewhere.send(sender).unwrap();
                        continue;
                    }
                    _ => {}
                }
                sender.send(1).unwrap();
            }
            drop(elsewhere);
            assert_eq!(waiting.into_iter().map(|sum| sum.wait().unwrap()).sum::<usize>(), N);
            os_thread.join().unwrap();
        }
    });
}
