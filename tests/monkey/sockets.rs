//! std's sockets: many slow conversations at once, and what makes a call return early or late.

use std::io::{ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::thread;
use std::time::Duration;

use eventlet_monkey_tests::{at_once, check, is_patched};
use eventlet_tests::{ms, timed};

const N: usize = 200;

/// Runs two conversations' ends at the same time.
fn both<A: Send, B: Send>(a: impl Fn() -> A + Sync, b: impl Fn() -> B + Sync) -> (A, B) {
    enum Either<A, B> {
        A(A),
        B(B),
    }
    let run = at_once(2, |i| if i == 0 { Either::A(a()) } else { Either::B(b()) });
    let mut results = run.results.into_iter();
    match (results.next(), results.next()) {
        (Some(Either::A(a)), Some(Either::B(b))) => (a, b),
        _ => unreachable!(),
    }
}

/// Lets time pass, for one green thread or OS thread.
fn nap(time: Duration) {
    if is_patched() { eventlet::sleep(time) } else { thread::sleep(time) }
}

fn tcp_pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

/// A server on an OS thread of its own, which answers `n` connections all together, after a while.
fn slow_server(n: usize, delay: Duration) -> (SocketAddr, thread::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let mut peers: Vec<_> = (0..n).map(|_| (listener.accept().unwrap().0, [0; 8])).collect();
        peers.iter_mut().for_each(|(peer, request)| peer.read_exact(request).unwrap());
        thread::sleep(delay);
        peers.iter_mut().for_each(|(peer, request)| peer.write_all(request).unwrap());
    });
    (address, server)
}

#[test]
fn clients_of_a_slow_server() {
    check(|| {
        let (address, server) = slow_server(N, ms(300));
        let run = at_once(N, |i| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(&(i as u64).to_le_bytes()).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            u64::from_le_bytes(answer.try_into().unwrap())
        });
        assert!(run.like_the_slowest(ms(300)).into_iter().eq(0..N as u64));
        server.join().unwrap();
    });
}

#[test]
fn a_big_write_is_whole() {
    check(|| {
        const SIZE: usize = 8 << 20;
        let (near, far) = tcp_pair();
        let send = || {
            let n_sent = (&near).write(&vec![7; SIZE]).unwrap();
            near.shutdown(Shutdown::Write).unwrap();
            n_sent
        };
        let receive = || {
            let mut all = Vec::new();
            (&far).read_to_end(&mut all).unwrap();
            all.len()
        };
        assert_eq!(both(send, receive), (SIZE, SIZE));
    });
}

#[test]
fn timeouts_are_kept() {
    check(|| {
        let (near, _far) = tcp_pair();
        near.set_read_timeout(Some(ms(30))).unwrap();
        let error = timed(ms(30), || (&near).read(&mut [0; 1]).unwrap_err());
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        near.set_nonblocking(true).unwrap();
        assert_eq!((&near).read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::WouldBlock);
    });
}

#[test]
fn refused() {
    check(|| {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert_eq!(TcpStream::connect(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn datagrams() {
    check(|| {
        let (a, b) =
            (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        let to = b.local_addr().unwrap();
        let receive = || {
            let mut buffer = [0; 16];
            let (n, from) = b.recv_from(&mut buffer).unwrap();
            (buffer[..n].to_vec(), from)
        };
        let send = || {
            nap(ms(20));
            a.send_to(b"hello", to).unwrap()
        };
        let ((text, from), n_sent) = both(receive, send);
        assert_eq!((&text[..], from, n_sent), (&b"hello"[..], a.local_addr().unwrap(), 5));
    });
}

#[test]
fn many_unix_streams() {
    check(|| {
        let pairs: Vec<_> = (0..N).map(|_| UnixStream::pair().unwrap()).collect();
        let (near, far): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        let server = thread::spawn(move || {
            let mut peers: Vec<_> = far.into_iter().map(|peer| (peer, [0; 8])).collect();
            peers.iter_mut().for_each(|(peer, request)| peer.read_exact(request).unwrap());
            thread::sleep(ms(200));
            peers.iter_mut().for_each(|(peer, request)| peer.write_all(request).unwrap());
        });
        let run = at_once(N, |i| {
            let request = i.to_le_bytes();
            let parts = [IoSlice::new(&request[..3]), IoSlice::new(&request[3..])];
            assert_eq!((&near[i]).write_vectored(&parts).unwrap(), 8);
            let (mut first, mut second) = ([0; 5], [0; 5]);
            let mut parts = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
            assert_eq!((&near[i]).read_vectored(&mut parts).unwrap(), 8);
            [&first[..], &second[..3]].concat() == request
        });
        assert!(run.like_the_slowest(ms(200)).into_iter().all(|is_same| is_same));
        server.join().unwrap();
    });
}

#[test]
fn datagrams_are_peeked_at() {
    check(|| {
        let (a, b) = (UnixDatagram::pair().unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
        let to = b.local_addr().unwrap();
        let wait = || {
            let mut byte = [0];
            let (n, from) = b.peek_from(&mut byte).unwrap();
            assert_eq!((n, b.recv_from(&mut [0; 8]).unwrap()), (1, (3, from)));
            a.0.recv(&mut byte).unwrap()
        };
        let send = || {
            nap(ms(20));
            UdpSocket::bind("127.0.0.1:0").unwrap().send_to(b"abc", to).unwrap();
            nap(ms(20));
            a.1.send(b"x").unwrap()
        };
        assert_eq!(both(wait, send), (1, 1));
    });
}

#[test]
fn a_peer_closes_its_half() {
    check(|| {
        let (near, far) = tcp_pair();
        let ask = || {
            (&near).write_all(b"question").unwrap();
            near.shutdown(Shutdown::Write).unwrap();
            let mut answer = String::new();
            (&near).read_to_string(&mut answer).unwrap();
            answer
        };
        let answer = || {
            let mut question = String::new();
            (&far).read_to_string(&mut question).unwrap();
            nap(ms(20));
            (&far).write_all(question.to_uppercase().as_bytes()).unwrap();
            far.shutdown(Shutdown::Write).unwrap();
        };
        assert_eq!(both(ask, answer).0, "QUESTION");
    });
}

#[test]
fn a_peer_resets() {
    check(|| {
        let (near, far) = tcp_pair();
        let far = std::sync::Mutex::new(Some(far));
        let read = || {
            (&near).write_all(b"unread").unwrap();
            (&near).read(&mut [0; 4]).unwrap_err().kind()
        };
        let reset = || {
            let far = far.lock().unwrap().take().unwrap();
            far.peek(&mut [0]).unwrap();
        };
        assert_eq!(both(read, reset).0, ErrorKind::ConnectionReset);
    });
}
