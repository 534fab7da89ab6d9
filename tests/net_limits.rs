//! Timeouts, non-blocking mode, refusals; and kills that leave nothing behind.

use std::io::{ErrorKind, Read, Write};
use std::net;
use std::rc::Rc;
use std::time::Duration;

use eventlet::green::net::{TcpListener, TcpStream};
use eventlet::{hubs, spawn, with_timeout};
use eventlet_tests::net::{deaf_address, half_green_pair, pair};
use eventlet_tests::{check, ms, timed, yield_now};

#[test]
fn recv_timeout() {
    check(|| {
        let (mut stream, mut peer) = half_green_pair();
        stream.set_read_timeout(Some(ms(20))).unwrap();
        let mut buffer = [0; 10];
        let error = timed(ms(20), || stream.read(&mut buffer).unwrap_err());
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        assert_eq!(error.raw_os_error(), Some(libc::EAGAIN), "the error is std's");
        let error = timed(ms(20), || stream.peek(&mut buffer).unwrap_err());
        assert_eq!(error.kind(), ErrorKind::WouldBlock);

        peer.write_all(b"late").unwrap();
        assert_eq!(stream.read(&mut buffer).unwrap(), 4, "a timeout is not the end");
        stream.set_read_timeout(None).unwrap();
        assert_eq!(stream.read_timeout().unwrap(), None);
    });
}

#[test]
fn send_timeout() {
    check(|| {
        let (mut stream, _peer) = half_green_pair();
        stream.set_write_timeout(Some(ms(20))).unwrap();
        let error = timed(ms(20), || stream.write_all(&vec![0; 64 << 20]).unwrap_err());
        assert_eq!(error.kind(), ErrorKind::WouldBlock);
        // The other direction has a limit of its own.
        assert_eq!(stream.read_timeout().unwrap(), None);
    });
}

#[test]
fn a_timeout_of_zero_is_refused() {
    check(|| {
        let (stream, theirs) = half_green_pair();
        for timeout in [Some(Duration::ZERO), Some(Duration::MAX), Some(ms(1)), None] {
            let expected = theirs.set_read_timeout(timeout).map_err(|error| error.kind());
            assert_eq!(stream.set_read_timeout(timeout).map_err(|error| error.kind()), expected);
            assert_eq!(stream.set_write_timeout(timeout).map_err(|error| error.kind()), expected);
        }
        let address = stream.peer_addr().unwrap();
        let theirs = net::TcpStream::connect_timeout(&address, Duration::ZERO).unwrap_err();
        let ours = TcpStream::connect_timeout(&address, Duration::ZERO).unwrap_err();
        assert_eq!((ours.kind(), ours.to_string()), (theirs.kind(), theirs.to_string()));
    });
}

#[test]
fn connect_timeout() {
    check(|| {
        let (address, _listener, _streams) = deaf_address();
        let connect = || TcpStream::connect_timeout(&address, ms(20)).unwrap_err();
        let error = timed(ms(20), connect);
        assert_eq!(error.kind(), ErrorKind::TimedOut);
        assert_eq!(error.to_string(), "connection timed out");
    });
}

#[test]
fn connections_are_refused() {
    check(|| {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let refusals = [
            TcpStream::connect(address).unwrap_err(),
            TcpStream::connect_timeout(&address, ms(5000)).unwrap_err(),
            spawn(move || TcpStream::connect(address).unwrap_err()).wait().unwrap(),
        ];
        for error in refusals {
            assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        }
    });
}

#[test]
fn the_next_address_is_tried() {
    check(|| {
        let dead = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let alive = listener.local_addr().unwrap();
        let stream = TcpStream::connect(&[dead, alive][..]).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), alive);
        assert!(
            TcpListener::bind(&[alive, dead][..])
                .is_ok_and(|second| { second.local_addr().unwrap() == dead })
        );
        let none = TcpStream::connect(&[][..]).unwrap_err();
        let theirs = net::TcpStream::connect(&[][..]).unwrap_err();
        assert_eq!((none.kind(), none.to_string()), (theirs.kind(), theirs.to_string()));
    });
}

#[test]
fn set_nonblocking() {
    check(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);

        let (mut left, mut right) = pair();
        let clone = left.try_clone().unwrap();
        clone.set_nonblocking(true).unwrap();
        let mut buffer = [0; 10];
        assert_eq!(left.read(&mut buffer).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!(left.peek(&mut buffer).unwrap_err().kind(), ErrorKind::WouldBlock);
        let full = loop {
            if let Err(error) = left.write(&[0; 65536]) {
                break error;
            }
        };
        assert_eq!(full.kind(), ErrorKind::WouldBlock);

        left.set_nonblocking(false).unwrap();
        let reader = spawn(move || left.read(&mut [0; 10]).unwrap());
        yield_now();
        right.write_all(b"abc").unwrap();
        assert_eq!(reader.wait().unwrap(), 3);
    });
}

#[test]
fn clones_share_settings() {
    check(|| {
        let (stream, _peer) = pair();
        let clone = stream.try_clone().unwrap();
        clone.set_read_timeout(Some(ms(5))).unwrap();
        clone.set_write_timeout(Some(ms(6))).unwrap();
        clone.set_nodelay(true).unwrap();
        clone.set_ttl(33).unwrap();
        assert_eq!(stream.read_timeout().unwrap(), Some(ms(5)));
        assert_eq!(stream.write_timeout().unwrap(), Some(ms(6)));
        assert!(stream.nodelay().unwrap());
        assert_eq!(stream.ttl().unwrap(), 33);
        assert_eq!((&stream).read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    });
}

/// Starts `f`, which waits, and kills it; then does the same with a timeout.
fn interrupt<R: 'static>(f: impl Fn() -> R + Clone + 'static) {
    let waiting = hubs::get_hub().stats().io_waiters;
    let thread = spawn(f.clone());
    yield_now();
    assert_eq!(hubs::get_hub().stats().io_waiters, waiting + 1, "it waits");
    thread.kill();
    assert!(thread.wait().is_err_and(|exit| exit.is_killed()));
    assert!(with_timeout(ms(5), f).is_err());
    assert_eq!(hubs::get_hub().stats().io_waiters, waiting);
}

#[test]
fn interrupted_waits_leave_nothing_behind() {
    check(|| {
        let (left, mut right) = pair();
        let left = Rc::new(left);
        let stream = left.clone();
        interrupt(move || (&*stream).read(&mut [0; 10]));
        let stream = left.clone();
        interrupt(move || stream.peek(&mut [0; 10]));
        let stream = left.clone();
        interrupt(move || (&*stream).write_all(&vec![0; 64 << 20]));
        // What was interrupted can be begun anew.
        right.write_all(b"abc").unwrap();
        assert_eq!((&*left).read(&mut [0; 10]).unwrap(), 3);

        let listener = Rc::new(TcpListener::bind("127.0.0.1:0").unwrap());
        let acceptor = listener.clone();
        interrupt(move || acceptor.accept());
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        assert!(listener.accept().is_ok());

        let (address, _listener, _streams) = deaf_address();
        let before = hubs::get_hub().stats().descriptors;
        interrupt(move || TcpStream::connect(address));
        assert_eq!(hubs::get_hub().stats().descriptors, before);
    });
}

#[test]
fn data_wins_over_the_timeout() {
    check(|| {
        let (left, mut right) = half_green_pair();
        for _ in 0..50 {
            left.set_read_timeout(Some(ms(1))).unwrap();
            let reader = left.try_clone().unwrap();
            let reader = spawn(move || (&reader).read(&mut [0; 1]).unwrap());
            yield_now();
            right.write_all(b"x").unwrap();
            // Both are due when the hub looks next.
            std::thread::sleep(ms(2));
            assert_eq!(reader.wait().unwrap(), 1);
        }
    });
}
