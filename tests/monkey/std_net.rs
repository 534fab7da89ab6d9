//! Plain `std::net` and `std::os::unix::net`: both sides of connections, in one OS thread.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::thread;

use eventlet_monkey_tests::{Deaf, at_once, check, check_without_the_patch, not_before};
use eventlet_tests::ms;
use eventlet_tests::net::pattern;
use eventlet_tests::scratch::Scratch;
use eventlet_tests::sys::set_backlog;

const N: usize = 200;
const LENGTH: usize = 1 << 20;

/// Answers after a while, twice, until there are no more questions.
fn answer(mut stream: impl Read + Write) {
    let mut question = [0; 8];
    for _ in 0..2 {
        stream.read_exact(&mut question).unwrap();
        thread::sleep(ms(250));
        stream.write_all(&question).unwrap();
    }
    assert_eq!(stream.read(&mut question).unwrap(), 0);
}

fn ask(mut stream: impl Read + Write, i: usize) {
    for j in [1, 2] {
        let question = (i * j).to_be_bytes();
        stream.write_all(&question).unwrap();
        let mut answer = [0; 8];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer, question);
    }
}

#[test]
fn tcp() {
    check(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        set_backlog(&listener, 1000);
        let address = listener.local_addr().unwrap();
        let run = at_once(2 * N, |i| {
            if i < N {
                ask(TcpStream::connect(address).unwrap(), i);
            } else {
                answer(listener.accept().unwrap().0);
            }
        });
        run.like_the_slowest(ms(500));
    });
}

#[test]
fn unix_streams() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        set_backlog(&listener, 1000);
        let run = at_once(2 * N, |i| {
            if i < N {
                ask(UnixStream::connect(&path).unwrap(), i);
            } else {
                answer(listener.accept().unwrap().0);
            }
        });
        run.like_the_slowest(ms(500));
    });
}

/// More than the sockets hold: who writes has to wait for who reads.
#[test]
fn both_directions_at_once() {
    check(|| {
        let pairs: Vec<_> = (0..10).map(|_| UnixStream::pair().unwrap()).collect();
        let sent = pattern(1, LENGTH);
        // Each end has a writer and a reader.
        at_once(40, |i| {
            let (left, right) = &pairs[i / 4];
            let mut end = if i % 2 == 0 { left } else { right };
            if i % 4 < 2 {
                end.write_all(&sent).unwrap();
                end.shutdown(Shutdown::Write).unwrap();
            } else {
                let mut received = Vec::new();
                end.read_to_end(&mut received).unwrap();
                assert!(received == sent);
            }
        });
    });
}

#[test]
fn datagrams() {
    check(|| {
        let receivers: Vec<_> = (0..N).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
        let (left, right) = UnixDatagram::pair().unwrap();
        let run = at_once(2 * N + 2, |i| {
            let mut bytes = [0; 8];
            if i < N {
                let (n, sender) = receivers[i].recv_from(&mut bytes).unwrap();
                receivers[i].send_to(&bytes[..n], sender).unwrap();
            } else if i < 2 * N {
                thread::sleep(ms(500));
                let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
                socket.connect(receivers[i - N].local_addr().unwrap()).unwrap();
                socket.send(&i.to_be_bytes()).unwrap();
                assert_eq!(socket.recv(&mut bytes).unwrap(), 8);
                assert_eq!(bytes, i.to_be_bytes());
            } else if i == 2 * N {
                // Far more than the socket holds.
                (0..2000_u64).for_each(|j| assert_eq!(left.send(&j.to_be_bytes()).unwrap(), 8));
            } else {
                for j in 0..2000_u64 {
                    assert_eq!(right.recv(&mut bytes).unwrap(), 8);
                    assert_eq!(bytes, j.to_be_bytes());
                }
            }
        });
        run.like_the_slowest(ms(500));
    });
}

/// Limits of reading, writing, accepting and connecting.
#[test]
fn limits_are_kept() {
    check(|| {
        let limit = Some(ms(500));
        let (deaf, would_block) = (Deaf::to_calls(), [ErrorKind::WouldBlock, ErrorKind::TimedOut]);
        let run = at_once(N, |i| {
            let (mut stream, _peer) = UnixStream::pair().unwrap();
            let result = not_before(ms(500), || match i % 4 {
                0 => {
                    stream.set_read_timeout(limit).unwrap();
                    stream.read(&mut [0])
                }
                1 => {
                    stream.set_write_timeout(limit).unwrap();
                    stream.write_all(&vec![0; LENGTH]).map(|()| 0)
                }
                2 => {
                    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
                    socket.set_read_timeout(limit).unwrap();
                    socket.recv(&mut [0])
                }
                _ => TcpStream::connect_timeout(&deaf.address(), ms(500)).map(|_| 0),
            });
            would_block.contains(&result.unwrap_err().kind())
        });
        assert_eq!(run.like_the_slowest(ms(500)), [true; N]);
    });
}

/// What the program has made not to block does not wait.
#[test]
fn without_blocking() {
    check(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        at_once(10, |_| {
            assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
            let (mut stream, _peer) = UnixStream::pair().unwrap();
            stream.set_nonblocking(true).unwrap();
            assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
            let full = stream.write_all(&vec![0; LENGTH]).unwrap_err();
            assert_eq!(full.kind(), ErrorKind::WouldBlock);
        });
    });
}

/// A wait ends when somebody else shuts the socket down, through a descriptor of its own.
#[test]
fn a_shutdown_ends_waits() {
    check(|| {
        let streams: Vec<_> = (0..100).map(|_| UnixStream::pair().unwrap()).collect();
        let run = at_once(200, |i| {
            let stream = &streams[i / 2].0;
            if i % 2 == 0 {
                return { stream }.read(&mut [0]).unwrap();
            }
            let stream = stream.try_clone().unwrap();
            thread::sleep(ms(500));
            stream.shutdown(Shutdown::Both).unwrap();
            0
        });
        assert_eq!(run.like_the_slowest(ms(500)), [0; 200]);
    });
}

#[test]
fn names() {
    check(|| {
        at_once(20, |i| {
            let name = if i % 2 == 0 { "localhost:80" } else { "nobody.invalid:80" };
            assert_eq!(name.to_socket_addrs().is_ok(), i % 2 == 0);
        });
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}
