//! eventlet, used as its documentation says.

use std::hint::black_box;
use std::io::{self, Read, Write};
use std::net;
use std::time::Duration;

use eventlet::green::net::{TcpListener, TcpStream};
use eventlet::{sleep, spawn, spawn_n, with_timeout};

use crate::workloads::{FAR, MESSAGE};

const DONE: &str = "the green thread returns";

pub(crate) fn spawn_each(n: u64) {
    for i in 0..n {
        black_box(spawn(move || i).wait().expect(DONE));
    }
}

pub(crate) fn spawn_batches<const BATCH: u64>(n: u64) {
    let mut threads = Vec::with_capacity(BATCH as usize);
    for _ in 0..n / BATCH {
        threads.extend((0..BATCH).map(|i| spawn(move || i)));
        for thread in threads.drain(..) {
            black_box(thread.wait().expect(DONE));
        }
    }
}

pub(crate) fn yields<const THREADS: u64>(n: u64) {
    let body = move || (0..n / THREADS).for_each(|_| sleep(Duration::ZERO));
    let threads: Vec<_> = (0..THREADS).map(|_| spawn(body)).collect();
    for thread in threads {
        thread.wait().expect(DONE);
    }
}

pub(crate) fn timeout_ready(n: u64) {
    let body = move || {
        for i in 0..n {
            black_box(with_timeout(FAR, || black_box(i)).expect("it is ready"));
        }
    };
    spawn(body).wait().expect(DONE);
}

pub(crate) fn timeout_yield(n: u64) {
    let body = move || {
        for _ in 0..n {
            with_timeout(FAR, || sleep(Duration::ZERO)).expect("a yield is short");
        }
    };
    spawn(body).wait().expect(DONE);
}

pub(crate) fn serve_echo(listener: net::TcpListener) -> io::Result<()> {
    let listener = TcpListener::from(listener);
    loop {
        let (stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        spawn_n(move || {
            // A client that goes away in the middle is not the server's error.
            let _ = echo(stream);
        });
    }
}

fn echo(mut stream: TcpStream) -> io::Result<()> {
    let mut buffer = [0; 16 * MESSAGE];
    loop {
        match stream.read(&mut buffer)? {
            0 => return Ok(()),
            n => stream.write_all(&buffer[..n])?,
        }
    }
}
