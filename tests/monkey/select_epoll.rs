//! `epoll_wait` by green threads: by hand, by mio, and by runtimes of tokio.

use std::cell::Cell;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::rc::Rc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use eventlet_monkey_tests::{at_once, c, check};
use eventlet_tests::{ms, timed};
use libc::{EPOLLET, EPOLLIN, EPOLLONESHOT};
use mio::unix::pipe;
use mio::{Events, Interest, Poll, Token, Waker};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Builder;

const N: usize = 200;

fn settle() {
    eventlet::sleep(Duration::ZERO);
}

#[test]
fn many_wait_at_once() {
    check(|| {
        let run = at_once(N, |_| {
            let (epoll, (reader, _writer)) = (c::epoll(), io::pipe().unwrap());
            c::watch(&epoll, &reader, EPOLLIN);
            c::epoll_wait(epoll.as_raw_fd(), 8, 500).unwrap()
        });
        assert!(run.like_the_slowest(ms(500)).iter().all(Vec::is_empty));
    });
}

#[test]
fn each_edge_is_told_once() {
    check(|| {
        let (epoll, (mut reader, mut writer)) = (c::epoll(), io::pipe().unwrap());
        c::watch(&epoll, &reader, EPOLLIN | EPOLLET);
        let (epoll_fd, reader_fd) = (epoll.as_raw_fd(), reader.as_raw_fd());
        let n_edges = Rc::new(Cell::new(0));
        let n_seen = n_edges.clone();
        let count = eventlet::spawn(move || {
            while c::epoll_wait(epoll_fd, 8, 1000).unwrap() == [reader_fd] {
                n_seen.set(n_seen.get() + 1);
                // Not all is read, so that the pipe is ready all the time, and only edges count.
                reader.read_exact(&mut [0]).unwrap();
            }
        });
        for i in 0..100 {
            writer.write_all(b"xx").unwrap();
            while n_edges.get() <= i {
                settle();
            }
        }
        // The last wait finds nothing, though there is something to read.
        count.wait().unwrap();
        assert_eq!(n_edges.get(), 100);
    });
}

#[test]
fn edges_while_nobody_waits_are_not_lost() {
    check(|| {
        let (epoll, (reader, mut writer)) = (c::epoll(), io::pipe().unwrap());
        c::watch(&epoll, &reader, EPOLLIN | EPOLLET);
        for _ in 0..100 {
            writer.write_all(b"x").unwrap();
            assert_eq!(c::epoll_wait(epoll.as_raw_fd(), 8, -1).unwrap(), [reader.as_raw_fd()]);
            timed(ms(1), || assert!(c::epoll_wait(epoll.as_raw_fd(), 8, 1).unwrap().is_empty()));
        }
    });
}

#[test]
fn several_wait_for_one_epoll_descriptor() {
    const WAITERS: usize = 4;
    check(|| {
        let epoll = c::epoll();
        let pipes: Vec<_> = (0..100).map(|_| io::pipe().unwrap()).collect();
        for (reader, _) in &pipes {
            c::watch(&epoll, reader, EPOLLIN | EPOLLONESHOT);
        }
        let (epoll_fd, n_seen) = (epoll.as_raw_fd(), Rc::new(Cell::new(0)));
        let wait = |n_seen: Rc<Cell<usize>>| {
            move || {
                let mut seen = Vec::new();
                while n_seen.get() < 100 {
                    // One at a time, so that there is something for everyone.
                    let events = c::epoll_wait(epoll_fd, 1, 10).unwrap();
                    n_seen.set(n_seen.get() + events.len());
                    seen.extend(events);
                }
                seen
            }
        };
        let waiters: Vec<_> = (0..WAITERS).map(|_| eventlet::spawn(wait(n_seen.clone()))).collect();
        for (_, writer) in &pipes {
            settle();
            (&mut &*writer).write_all(b"x").unwrap();
        }
        let mut seen: Vec<_> =
            waiters.into_iter().flat_map(|waiter| waiter.wait().unwrap()).collect();
        seen.sort_unstable();
        let mut fds: Vec<_> = pipes.iter().map(|(reader, _)| reader.as_raw_fd()).collect();
        fds.sort_unstable();
        assert_eq!(seen, fds);
    });
}

#[test]
fn closing_ends_a_wait() {
    check(|| {
        let epoll = c::epoll();
        let fd = epoll.as_raw_fd();
        let wait = eventlet::spawn(move || c::epoll_wait(fd, 8, -1).unwrap_err().raw_os_error());
        settle();
        drop(epoll);
        assert_eq!(wait.wait().unwrap(), Some(libc::EBADF));
        assert_eq!(c::epoll_wait(-1, 8, -1).unwrap_err().raw_os_error(), Some(libc::EBADF));
        let (reader, _writer) = io::pipe().unwrap();
        let error = c::epoll_wait(reader.as_raw_fd(), 8, -1).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::EINVAL));
        assert_eq!(
            c::epoll_wait(c::epoll().as_raw_fd(), 0, -1).unwrap_err().raw_os_error(),
            Some(libc::EINVAL)
        );
    });
}

/// A poll of mio's that hears of a pipe, and is woken by an OS thread.
fn with_mio(i: usize) -> Vec<usize> {
    let mut poll = Poll::new().unwrap();
    let (mut sender, mut receiver) = pipe::new().unwrap();
    poll.registry().register(&mut receiver, Token(1), Interest::READABLE).unwrap();
    let waker = Waker::new(poll.registry(), Token(2)).unwrap();
    let (tell, is_awake) = mpsc::channel();
    let wake = thread::spawn(move || {
        thread::sleep(ms(100));
        waker.wake().unwrap();
        is_awake.recv().unwrap();
        thread::sleep(ms(100));
        sender.write_all(&[i as u8]).unwrap();
    });
    let (mut events, mut tokens) = (Events::with_capacity(8), Vec::new());
    while tokens.len() < 2 {
        poll.poll(&mut events, Some(ms(5000))).unwrap();
        tokens.extend(events.iter().map(|event| event.token().0));
        // Once is enough for those who listen.
        let _ = tell.send(());
    }
    let mut byte = [0];
    receiver.read_exact(&mut byte).unwrap();
    assert_eq!(byte, [i as u8]);
    wake.join().unwrap();
    tokens
}

#[test]
fn mio_in_green_threads() {
    check(|| {
        let polls: Vec<_> = (0..20).map(|i| eventlet::spawn(move || with_mio(i))).collect();
        for poll in polls {
            assert_eq!(poll.wait().unwrap(), [2, 1]);
        }
    });
}

/// A server on an OS thread that answers each line after a while.
fn slow_server(n_clients: usize) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let mut clients: Vec<_> = (0..n_clients).map(|_| listener.accept().unwrap().0).collect();
        thread::sleep(ms(300));
        for client in &mut clients {
            let mut number = [0; 4];
            client.read_exact(&mut number).unwrap();
            client.write_all(&number).unwrap();
        }
    });
    address
}

async fn ask(address: std::net::SocketAddr, number: u32) -> u32 {
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(&number.to_ne_bytes()).await.unwrap();
    tokio::time::sleep(ms(10)).await;
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await.unwrap();
    u32::from_ne_bytes(answer)
}

#[test]
fn a_runtime_in_each_green_thread() {
    const N: u32 = 50;
    check(|| {
        let address = slow_server(N as usize);
        let clients: Vec<_> = (0..N)
            .map(|i| {
                let client = move || {
                    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
                    runtime.block_on(ask(address, i))
                };
                eventlet::Builder::new().stack_size(1 << 20).spawn(client).unwrap()
            })
            .collect();
        for (i, client) in (0..N).zip(clients) {
            assert_eq!(client.wait().unwrap(), i);
        }
    });
}

#[test]
fn a_runtime_on_other_os_threads_is_undisturbed() {
    const N: u32 = 50;
    check(|| {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let address = slow_server(2 * N as usize);
        let tasks: Vec<_> = (0..N).map(|i| runtime.spawn(ask(address, i))).collect();
        let clients: Vec<_> = (0..N)
            .map(|i| {
                eventlet::spawn(move || {
                    let mut stream = TcpStream::connect(address).unwrap();
                    stream.write_all(&i.to_ne_bytes()).unwrap();
                    let mut answer = [0; 4];
                    stream.read_exact(&mut answer).unwrap();
                    u32::from_ne_bytes(answer)
                })
            })
            .collect();
        for (i, client) in (0..N).zip(clients) {
            assert_eq!(client.wait().unwrap(), i);
        }
        while tasks.iter().any(|task| !task.is_finished()) {
            eventlet::sleep(ms(1));
        }
        drop(runtime);
    });
}
