//! tokio, on an OS thread of its own: what is patched beside it is no concern of its.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use eventlet_monkey_tests::{at_once, check, check_without_the_patch};
use eventlet_tests::ms;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

const N: usize = 200;

/// A server of tokio's: it answers half a second later.
async fn answer(mut stream: tokio::net::TcpStream) {
    let mut question = [0; 8];
    while stream.read_exact(&mut question).await.is_ok() {
        tokio::time::sleep(Duration::from_millis(500)).await;
        stream.write_all(&question).await.unwrap();
    }
}

#[test]
fn its_server_answers_our_clients() {
    check(|| {
        let (started, stop) = (std::sync::mpsc::channel(), oneshot::channel::<()>());
        let runtime = thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                started.0.send(listener.local_addr().unwrap()).unwrap();
                tokio::spawn(async move {
                    while let Ok((stream, _)) = listener.accept().await {
                        tokio::spawn(answer(stream));
                    }
                });
                stop.1.await.unwrap_err();
            });
        });
        let address = started.1.recv().unwrap();
        let run = at_once(N, |i| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(&i.to_be_bytes()).unwrap();
            let mut answer = [0; 8];
            stream.read_exact(&mut answer).unwrap();
            usize::from_be_bytes(answer)
        });
        assert!((0..N).eq(run.like_the_slowest(ms(500))));
        drop(stop.0);
        runtime.join().unwrap();
    });
}

/// Its timers and its tasks go on while we block the OS thread that they are not on.
#[test]
fn it_goes_on_while_we_wait() {
    check(|| {
        let runtime = thread::spawn(|| {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let start = Instant::now();
                let naps = (0..N).map(|_| tokio::spawn(tokio::time::sleep(ms(500))));
                for nap in naps.collect::<Vec<_>>() {
                    nap.await.unwrap();
                }
                let blocking = tokio::task::spawn_blocking(|| thread::sleep(ms(100)));
                blocking.await.unwrap();
                start.elapsed()
            })
        });
        at_once(N, |_| thread::sleep(ms(300)));
        let elapsed = runtime.join().unwrap();
        assert!(elapsed >= ms(600) && elapsed < ms(25_000), "{elapsed:?}");
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}
