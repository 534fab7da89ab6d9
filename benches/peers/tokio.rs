//! tokio: a current-thread runtime with a `LocalSet`.

use std::hint::black_box;
use std::io;
use std::net;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::task::{LocalSet, spawn_local, yield_now};
use tokio::time::timeout;

use crate::workloads::{FAR, MESSAGE};

const DONE: &str = "the task returns";

/// Runs `body` on a runtime with the drivers that it needs and no more: an I/O driver without
/// sockets costs a poll whenever all tasks have yielded.
fn run<T>(builder: impl FnOnce(&mut Builder) -> &mut Builder, body: impl Future<Output = T>) -> T {
    let runtime = builder(&mut Builder::new_current_thread()).build().expect("a runtime");
    LocalSet::new().block_on(&runtime, body)
}

fn run_bare<T>(body: impl Future<Output = T>) -> T {
    run(|builder| builder, body)
}

pub(crate) fn spawn_each(n: u64) {
    run_bare(async {
        for i in 0..n {
            black_box(spawn_local(async move { i }).await.expect(DONE));
        }
    });
}

pub(crate) fn spawn_batches<const BATCH: u64>(n: u64) {
    run_bare(async {
        let mut tasks = Vec::with_capacity(BATCH as usize);
        for _ in 0..n / BATCH {
            tasks.extend((0..BATCH).map(|i| spawn_local(async move { i })));
            for task in tasks.drain(..) {
                black_box(task.await.expect(DONE));
            }
        }
    });
}

pub(crate) fn yields<const TASKS: u64>(n: u64) {
    let body = move || async move {
        for _ in 0..n / TASKS {
            yield_now().await;
        }
    };
    run_bare(async {
        let tasks: Vec<_> = (0..TASKS).map(|_| spawn_local(body())).collect();
        for task in tasks {
            task.await.expect(DONE);
        }
    });
}

pub(crate) fn timeout_ready(n: u64) {
    let body = async move {
        for i in 0..n {
            black_box(timeout(FAR, async { black_box(i) }).await.expect("it is ready"));
        }
    };
    run(Builder::enable_time, async { spawn_local(body).await.expect(DONE) });
}

pub(crate) fn timeout_yield(n: u64) {
    let body = async move {
        for _ in 0..n {
            timeout(FAR, yield_now()).await.expect("a yield is short");
        }
    };
    run(Builder::enable_time, async { spawn_local(body).await.expect(DONE) });
}

pub(crate) fn serve_echo(listener: net::TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    run(Builder::enable_io, async {
        let listener = TcpListener::from_std(listener)?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            spawn_local(echo(stream));
        }
    })
}

async fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 16 * MESSAGE];
    loop {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            n => stream.write_all(&buffer[..n]).await?,
        }
    }
}
