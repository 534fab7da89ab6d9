//! What is thrown at green threads that wait for an epoll descriptor, by hand and in runtimes of tokio,
//! which bear no error of it.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::future::Future;
use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::{Duration, Instant};

use eventlet::{Builder, sleep, spawn, with_timeout};
use eventlet_monkey_tests::{Deaf, c};
use eventlet_tests::scratch::Scratch;
use eventlet_tests::{ms, timed};
use libc::{EPOLLET, EPOLLIN, EPOLLONESHOT, EPOLLOUT};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket, UnixListener};
use tokio::sync::mpsc;

fn check(body: impl FnOnce()) {
    eventlet::monkey_patch();
    eventlet_tests::check(body);
}

/// Runs a future in a runtime of its own.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Runs `f` under a limit of 10 ms, in a green thread; what it returns is reported beside the limit.
fn limited<T: 'static>(f: impl FnOnce() -> T + 'static) -> T {
    let thread = Builder::new().stack_size(1 << 20).spawn(move || {
        let mut value = None;
        with_timeout(ms(10), || value = Some(f())).unwrap_err();
        value.expect("it returns")
    });
    thread.unwrap().wait().unwrap()
}

async fn read(address: SocketAddr) -> io::Result<usize> {
    TcpStream::connect(address).await?.read(&mut [0]).await
}

/// Whether it is the error with which a wait ends that something was thrown at.
fn is_thrown<T>(result: &io::Result<T>) -> bool {
    result
        .as_ref()
        .is_err_and(|error| matches!(error.raw_os_error(), Some(libc::ETIMEDOUT | libc::ECANCELED)))
}

#[test]
fn tasks_are_told_by_their_sockets() {
    check(|| {
        let deaf = Deaf::to_words();
        let address = deaf.address();
        let error = limited(move || block_on(read(address))).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        let nobody = Deaf::to_calls();
        let address_of_nobody = nobody.address();
        let result = limited(move || block_on(read(address_of_nobody)));
        assert!(is_thrown(&result), "{result:?}");
        let result = limited(move || {
            block_on(async {
                let mut stream = TcpStream::connect(address).await?;
                loop {
                    stream.write_all(&[0; 1 << 16]).await?;
                }
                #[expect(unreachable_code, reason = "it says what the type is")]
                Ok(())
            })
        });
        assert!(is_thrown(&result), "{result:?}");
        let accept = || async { TcpListener::bind("127.0.0.1:0").await?.accept().await };
        let result = limited(move || block_on(accept()));
        assert!(is_thrown(&result), "{result:?}");
        let receive = || async { UdpSocket::bind("127.0.0.1:0").await?.recv(&mut [0]).await };
        let result = limited(move || block_on(receive()));
        assert!(is_thrown(&result), "{result:?}");
        limited(move || {
            block_on(async {
                let tasks: Vec<_> = (0..200).map(|_| tokio::spawn(receive())).collect();
                for task in tasks {
                    let result = task.await.unwrap();
                    assert!(is_thrown(&result), "{result:?}");
                }
            });
        });
    });
}

#[test]
fn unix_sockets_that_lead_elsewhere() {
    check(|| {
        let scratch = Scratch::new();
        let socket = scratch.path("ends");
        let result = limited(move || {
            block_on(async {
                let listener = UnixListener::bind(&socket)?;
                let stream = tokio::net::UnixStream::connect(&socket).await?;
                let (mut accepted, _) = listener.accept().await?;
                let result = accepted.read(&mut [0]).await;
                drop(stream);
                result
            })
        });
        assert!(is_thrown(&result), "{result:?}");
    });
}

/// A hundred at once are killed, in the middle of all that they do.
#[test]
fn kills() {
    check(|| {
        let deaf = Rc::new(Deaf::to_words());
        let threads: Vec<_> = (0..100)
            .map(|_| {
                let deaf = deaf.clone();
                let body = move || {
                    block_on(async {
                        let tasks = [0; 5].map(|_| tokio::spawn(read(deaf.address())));
                        for task in tasks {
                            assert!(is_thrown(&task.await.unwrap()));
                        }
                        // One that begins afterwards fails, too.
                        assert!(is_thrown(&read(deaf.address()).await));
                    });
                };
                Builder::new().stack_size(1 << 20).spawn(body).unwrap()
            })
            .collect();
        sleep(ms(100));
        threads.iter().for_each(|thread| thread.kill());
        for thread in threads {
            assert!(thread.wait().unwrap_err().is_killed());
        }
    });
}

/// What tells no errors is waited for: the others run meanwhile.
#[test]
fn sleeps_and_channels() {
    check(|| {
        timed(ms(200), || limited(|| block_on(async { tokio::time::sleep(ms(200)).await })));
        let (sender, mut receiver) = mpsc::channel(1);
        let (go, goes) = std::sync::mpsc::channel();
        let sending = std::thread::spawn(move || {
            goes.recv().unwrap();
            sender.blocking_send(7).unwrap();
        });
        let received = limited(move || {
            // After the limit, and this one is in its way if it does not let others run.
            spawn(move || {
                sleep(ms(20));
                go.send(()).unwrap();
            });
            block_on(receiver.recv())
        });
        assert_eq!(received, Some(7));
        sending.join().unwrap();
    });
}

/// A task that goes on after its errors keeps nobody from running, and is rid of it after the limit.
#[test]
fn errors_that_are_ignored() {
    check(|| {
        let deaf = Deaf::to_words();
        let address = deaf.address();
        limited(move || {
            block_on(async {
                let mut stream = TcpStream::connect(address).await.unwrap();
                let (mut n_failed, start) = (0, Instant::now());
                while n_failed == 0 || start.elapsed() < ms(200) {
                    n_failed += u32::from(stream.read(&mut [0]).await.is_err());
                }
            });
        });
        let thread = Builder::new().stack_size(1 << 20).spawn(move || {
            with_timeout(ms(10), || block_on(read(address))).unwrap_err();
            block_on(async { tokio::time::timeout(ms(50), read(address)).await }).unwrap_err();
        });
        thread.unwrap().wait().unwrap();
    });
}

/// A loop of mio's ends by the error of what it reads.
#[test]
fn loops_of_mio() {
    check(|| {
        let result = limited(|| -> io::Result<()> {
            let mut poll = mio::Poll::new()?;
            let (_sender, mut receiver) = mio::unix::pipe::new()?;
            let _waker = mio::Waker::new(poll.registry(), mio::Token(0))?;
            poll.registry().register(&mut receiver, mio::Token(1), mio::Interest::READABLE)?;
            let mut events = mio::Events::with_capacity(8);
            loop {
                poll.poll(&mut events, None)?;
                for event in &events {
                    assert_eq!(event.token(), mio::Token(1));
                    let _ = receiver.read(&mut [0])?;
                }
            }
        });
        assert!(is_thrown(&result), "{result:?}");
    });
}

/// In a destructor of one that unwinds, the runtime's waits end as well.
#[test]
fn destructors() {
    struct Reads(SocketAddr, Rc<Cell<bool>>);

    impl Drop for Reads {
        fn drop(&mut self) {
            self.1.set(is_thrown(&block_on(read(self.0))));
        }
    }

    check(|| {
        let deaf = Deaf::to_words();
        let has_ended = Rc::new(Cell::new(false));
        let reads = Reads(deaf.address(), has_ended.clone());
        let thread = Builder::new().stack_size(1 << 20).spawn(move || {
            let _reads = reads;
            sleep(Duration::from_secs(60));
        });
        let thread = thread.unwrap();
        sleep(ms(1));
        thread.kill();
        assert!(thread.wait().unwrap_err().is_killed());
        assert!(has_ended.get());
    });
}

#[test]
fn each_descriptor_of_a_set_is_told_in_turn() {
    check(|| {
        let (epoll, waker) = (c::epoll(), c::counter());
        let mut pipes: Vec<_> = (0..10).map(|_| io::pipe().unwrap()).collect();
        pipes.iter().for_each(|(reader, _)| c::watch(&epoll, reader, EPOLLIN | EPOLLET));
        c::watch(&epoll, &waker, EPOLLIN);
        let fd = epoll.as_raw_fd();
        let fds: Vec<_> = pipes.iter().map(|(reader, _)| reader.as_raw_fd()).collect();
        let ready = fds[3];
        let seen = limited(move || {
            let (mut seen, mut n_rounds) = (BTreeSet::new(), 0);
            while seen.len() < pipes.len() {
                seen.extend(c::epoll_wait(fd, 3, -1).unwrap());
                n_rounds += 1;
                assert!(n_rounds < 1000, "some are never told: {seen:?}");
            }
            // What is true has precedence.
            pipes[3].1.write_all(b"x").unwrap();
            assert_eq!(c::epoll_wait(fd, 3, -1).unwrap(), [ready]);
            seen
        });
        assert_eq!(seen, BTreeSet::from_iter(fds));
    });
}

#[test]
fn one_shots_are_disarmed() {
    check(|| {
        let (epoll, (reader, mut writer)) = (c::epoll(), io::pipe().unwrap());
        c::watch(&epoll, &reader, EPOLLIN | EPOLLONESHOT);
        let (fd, reader_fd) = (epoll.as_raw_fd(), reader.as_raw_fd());
        limited(move || {
            assert_eq!(c::epoll_wait(fd, 8, -1).unwrap(), [reader_fd]);
            let error = c::epoll_wait(fd, 8, -1).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Interrupted);
        });
        writer.write_all(b"x").unwrap();
        assert_eq!(c::epoll_wait(fd, 8, 1).unwrap(), []);
    });
}

/// Waiting and reading take turns, neither ever has to wait, and only one call of many gives way to others:
/// whichever that is, the next attempt to read tells.
#[test]
fn streams_that_are_always_ready() {
    check(|| {
        for n_before in 0..4 {
            let (stream, peer) = connected();
            (&peer).write_all(b"x").unwrap();
            let epoll = c::epoll();
            c::watch(&epoll, &stream, EPOLLIN);
            let ended = limited(move || {
                // Where the calls are counted from.
                for _ in 0..n_before {
                    stream.peek(&mut [0])?;
                }
                let start = Instant::now();
                while start.elapsed() < ms(10_000) {
                    assert_eq!(c::epoll_wait(epoll.as_raw_fd(), 8, -1)?, [stream.as_raw_fd()]);
                    stream.peek(&mut [0])?;
                }
                Ok(())
            });
            assert!(is_thrown(&ended), "{n_before} calls before: {ended:?}");
        }
    });
}

/// Two ends of a connection; the first one does not block.
fn connected() -> (std::net::TcpStream, std::net::TcpStream) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    stream.set_nonblocking(true).unwrap();
    (stream, listener.accept().unwrap().0)
}

#[test]
fn wakers_are_left_alone() {
    check(|| {
        let (epoll, waker) = (c::epoll(), c::counter());
        let (end, other) = UnixStream::pair().unwrap();
        end.set_nonblocking(true).unwrap();
        c::watch(&epoll, &waker, EPOLLIN);
        c::watch(&epoll, &end, EPOLLIN);
        let fd = epoll.as_raw_fd();
        limited(move || {
            for _ in 0..100 {
                let error = c::epoll_wait(fd, 8, -1).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Interrupted);
                let error = c::read(waker.as_raw_fd(), &mut [0; 8]).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                let error = (&end).read(&mut [0]).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
            }
            // However many calls are made that need not wait.
            for _ in 0..1000 {
                assert_eq!(c::write(waker.as_raw_fd(), &1u64.to_ne_bytes()).unwrap(), 8);
            }
            drop(other);
        });
    });
}

/// Descriptors that would block say so, unless something has ended a call already.
#[test]
fn would_block_is_the_answer_as_ever() {
    check(|| {
        let deaf = Deaf::to_words();
        let stream = std::net::TcpStream::connect(deaf.address()).unwrap();
        stream.set_nonblocking(true).unwrap();
        let fd = stream.as_raw_fd();
        let kind = || c::read(fd, &mut [0]).unwrap_err().kind();
        let thread = eventlet::scope(|scope| {
            let thread = scope.spawn(|| {
                let limit = with_timeout(ms(10), || {
                    assert_eq!(kind(), ErrorKind::WouldBlock);
                    std::thread::sleep(ms(20));
                    assert_eq!(kind(), ErrorKind::TimedOut);
                });
                limit.unwrap_err();
                assert_eq!(kind(), ErrorKind::WouldBlock);
            });
            thread.wait()
        });
        thread.unwrap();
        let epoll = c::epoll();
        c::watch(&epoll, &stream, EPOLLOUT);
        assert_eq!(c::epoll_wait(epoll.as_raw_fd(), 8, -1).unwrap(), [fd]);
    });
}
