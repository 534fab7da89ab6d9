//! Several messages in one call.

#![allow(unsafe_code, reason = "calls of the C library")]

use std::ffi::c_int;
use std::io::{self, Read};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::mpsc;
use std::time::Duration;
use std::{ptr, thread};

use eventlet_monkey_tests::check;
use eventlet_tests::{ms, timed};

/// Messages, each with a buffer of its own.
struct Messages {
    buffers: Vec<Vec<u8>>,
    iovecs: Vec<libc::iovec>,
    headers: Vec<libc::mmsghdr>,
}

impl Messages {
    fn new(buffers: Vec<Vec<u8>>) -> Self {
        let mut this = Messages { buffers, iovecs: Vec::new(), headers: Vec::new() };
        for buffer in &mut this.buffers {
            let iov_base = buffer.as_mut_ptr().cast();
            this.iovecs.push(libc::iovec { iov_base, iov_len: buffer.len() });
        }
        for iovec in &mut this.iovecs {
            // SAFETY: zeroes are valid.
            let mut header: libc::mmsghdr = unsafe { std::mem::zeroed() };
            header.msg_hdr.msg_iov = iovec;
            header.msg_hdr.msg_iovlen = 1;
            this.headers.push(header);
        }
        this
    }

    fn receive(
        &mut self,
        socket: &impl AsRawFd,
        flags: c_int,
        limit: Option<&mut libc::timespec>,
    ) -> Result<usize, c_int> {
        let (first, n) = (self.headers.as_mut_ptr(), self.headers.len() as _);
        let limit = limit.map_or(ptr::null_mut(), ptr::from_mut);
        // SAFETY: there are so many messages.
        let n = unsafe { libc::recvmmsg(socket.as_raw_fd(), first, n, flags as _, limit) };
        usize::try_from(n).map_err(|_| io::Error::last_os_error().raw_os_error().unwrap())
    }

    fn send(&mut self, socket: &impl AsRawFd) -> Result<usize, c_int> {
        let (first, n) = (self.headers.as_mut_ptr(), self.headers.len() as _);
        let flags = libc::MSG_NOSIGNAL as _;
        // SAFETY: there are so many messages.
        let n = unsafe { libc::sendmmsg(socket.as_raw_fd(), first, n, flags) };
        usize::try_from(n).map_err(|_| io::Error::last_os_error().raw_os_error().unwrap())
    }

    fn text(&self, i: usize) -> &[u8] {
        &self.buffers[i][..self.headers[i].msg_len as usize]
    }
}

fn room(n: usize) -> Messages {
    Messages::new(vec![vec![0; 16]; n])
}

fn udp_pair() -> (UdpSocket, UdpSocket) {
    let a = UdpSocket::bind("127.0.0.1:0").unwrap();
    let b = UdpSocket::bind("127.0.0.1:0").unwrap();
    a.connect(b.local_addr().unwrap()).unwrap();
    b.connect(a.local_addr().unwrap()).unwrap();
    (a, b)
}

/// Sends these messages one after another, with pauses, on another OS thread.
fn send_slowly(socket: UdpSocket, texts: &'static [&'static str]) -> thread::JoinHandle<UdpSocket> {
    thread::spawn(move || {
        for text in texts {
            thread::sleep(ms(30));
            socket.send(text.as_bytes()).unwrap();
        }
        socket
    })
}

#[test]
fn all_are_waited_for() {
    check(|| {
        let (a, b) = udp_pair();
        let sender = send_slowly(a, &["one", "two", "three"]);
        let mut messages = room(3);
        assert_eq!(messages.receive(&b, 0, None), Ok(3));
        assert_eq!((messages.text(0), messages.text(2)), (&b"one"[..], &b"three"[..]));
        sender.join().unwrap();
    });
}

#[test]
fn one_is_waited_for() {
    check(|| {
        let (a, b) = udp_pair();
        let (tell, is_received) = mpsc::channel();
        let sender = thread::spawn(move || {
            thread::sleep(ms(30));
            a.send(b"one").unwrap();
            is_received.recv().unwrap();
            a.send(b"two").unwrap();
            a
        });
        let mut messages = room(3);
        assert_eq!(messages.receive(&b, libc::MSG_WAITFORONE, None), Ok(1));
        tell.send(()).unwrap();
        let _a = sender.join().unwrap();
        assert_eq!(messages.receive(&b, libc::MSG_DONTWAIT, None), Ok(1));
        assert_eq!(messages.receive(&b, libc::MSG_DONTWAIT, None), Err(libc::EAGAIN));
        b.set_nonblocking(true).unwrap();
        assert_eq!(messages.receive(&b, 0, None), Err(libc::EAGAIN));
    });
}

fn limit(time: Duration) -> libc::timespec {
    libc::timespec { tv_sec: time.as_secs() as _, tv_nsec: time.subsec_nanos().into() }
}

#[test]
fn the_limit_is_looked_at_after_each_message() {
    check(|| {
        let (a, b) = udp_pair();
        let sender = send_slowly(a, &["one", "two", "three"]);
        let mut messages = room(5);
        let mut left = limit(Duration::from_nanos(1));
        // The first message comes late, and ends the call.
        assert_eq!(messages.receive(&b, 0, Some(&mut left)), Ok(1));
        assert_eq!((left.tv_sec, left.tv_nsec), (0, 0));
        let a = sender.join().unwrap();
        // Those that are there are received before it has run out.
        let mut messages = room(2);
        let mut left = limit(Duration::from_secs(60));
        assert_eq!(messages.receive(&b, 0, Some(&mut left)), Ok(2));
        assert!((50..60).contains(&left.tv_sec));
        let mut wrong = libc::timespec { tv_sec: 0, tv_nsec: -1 };
        assert_eq!(messages.receive(&b, 0, Some(&mut wrong)), Err(libc::EINVAL));
        drop(a);
    });
}

#[test]
fn the_option_limits_each_message() {
    check(|| {
        let (a, b) = udp_pair();
        b.set_read_timeout(Some(ms(500))).unwrap();
        let mut messages = room(5);
        // For two pauses of the sender, and then for the limit, in ticks of the system.
        let sender = timed(ms(550), || {
            let sender = send_slowly(a, &["one", "two"]);
            assert_eq!(messages.receive(&b, 0, None), Ok(2));
            sender
        });
        assert_eq!(messages.receive(&b, 0, None), Err(libc::EAGAIN));
        sender.join().unwrap();
    });
}

#[test]
fn an_error_is_told_by_the_next_call() {
    check(|| {
        let (a, b) = udp_pair();
        let port = b.local_addr().unwrap();
        let c = b.try_clone().unwrap();
        let asker = a.try_clone().unwrap();
        let peer = thread::spawn(move || {
            c.send(b"one").unwrap();
            let look = libc::MSG_PEEK | libc::MSG_DONTWAIT;
            while room(1).receive(&asker, look, None).is_ok() {
                thread::sleep(ms(1));
            }
            drop((b, c));
            // Nobody is there any more.
            asker.send(b"x").unwrap();
        });
        let mut messages = room(3);
        assert_eq!(messages.receive(&a, 0, None), Ok(1));
        assert_eq!(messages.receive(&a, 0, None), Err(libc::ECONNREFUSED), "{port}");
        peer.join().unwrap();
    });
}

#[test]
fn none() {
    check(|| {
        let (a, b) = udp_pair();
        assert_eq!(room(0).receive(&b, 0, None), Ok(0));
        assert_eq!(room(0).send(&a), Ok(0));
    });
}

#[test]
fn sent() {
    check(|| {
        let (a, b) = udp_pair();
        assert_eq!(Messages::new(vec![b"one".to_vec(), b"two".to_vec()]).send(&a), Ok(2));
        let mut messages = room(2);
        assert_eq!(messages.receive(&b, 0, None), Ok(2));
        assert_eq!((messages.text(0), messages.text(1)), (&b"one"[..], &b"two"[..]));
    });
}

#[test]
fn sent_by_a_stream() {
    check(|| {
        const SIZE: usize = 3 << 20;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let mut far = listener.accept().unwrap().0;
        let reader = thread::spawn(move || {
            thread::sleep(ms(30));
            let mut all = Vec::new();
            far.read_to_end(&mut all).unwrap();
            all
        });
        let mut messages = Messages::new(vec![vec![1; SIZE], vec![2; SIZE], vec![3; SIZE]]);
        assert_eq!(messages.send(&near), Ok(3));
        assert!(messages.headers.iter().all(|header| header.msg_len as usize == SIZE));
        drop(near);
        let all = reader.join().unwrap();
        assert!(all.chunks(SIZE).zip(1..).all(|(part, i)| part.iter().all(|byte| *byte == i)));
        assert_eq!(all.len(), 3 * SIZE);
    });
}
