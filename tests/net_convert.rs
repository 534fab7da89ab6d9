//! Green sockets and std's turn into each other, and look alike.

use std::io::{self, ErrorKind, Read, Write};
use std::net;
use std::os::fd::{AsFd, AsRawFd, FromRawFd, IntoRawFd, OwnedFd};
use std::panic::{RefUnwindSafe, UnwindSafe};

use eventlet::green::net::{Incoming, IntoIncoming, TcpListener, TcpStream};
use eventlet::spawn;
use eventlet_tests::child::alone;
use eventlet_tests::net::{half_green_pair, pair};
use eventlet_tests::sys::n_watched;
use eventlet_tests::{check, ms, yield_now};

/// std's way to ask for the mode is to try.
fn blocks(stream: &net::TcpStream) -> bool {
    let before = stream.read_timeout().unwrap();
    stream.set_read_timeout(Some(ms(1))).unwrap();
    let start = std::time::Instant::now();
    assert_eq!((&*stream).read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    stream.set_read_timeout(before).unwrap();
    start.elapsed() >= ms(1)
}

#[test]
fn from_std_and_back() {
    check(|| {
        let (_peer, theirs) = half_green_pair();
        theirs.set_read_timeout(Some(ms(40))).unwrap();
        theirs.set_write_timeout(Some(ms(80))).unwrap();

        let ours = TcpStream::from(theirs);
        assert_eq!(ours.read_timeout().unwrap(), Some(ms(40)));
        assert_eq!(ours.write_timeout().unwrap(), Some(ms(80)));
        ours.set_read_timeout(Some(ms(120))).unwrap();
        ours.set_write_timeout(None).unwrap();

        let theirs = net::TcpStream::from(ours);
        assert_eq!(theirs.read_timeout().unwrap(), Some(ms(120)));
        assert_eq!(theirs.write_timeout().unwrap(), None);
        assert!(blocks(&theirs));
    });
}

#[test]
fn the_mode_goes_along() {
    check(|| {
        let (_peer, theirs) = half_green_pair();
        theirs.set_nonblocking(true).unwrap();
        let mut ours = TcpStream::from(theirs);
        assert_eq!(ours.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
        let theirs = net::TcpStream::from(ours);
        assert!(!blocks(&theirs));

        let ours = TcpStream::from(theirs);
        ours.set_nonblocking(false).unwrap();
        assert!(blocks(&net::TcpStream::from(ours)));

        let listener = net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let listener = TcpListener::from(listener);
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
        let listener = net::TcpListener::from(listener);
        assert_eq!(listener.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
    });
}

#[test]
fn a_stream_that_was_green_works_as_stds() {
    check(|| {
        let (mut left, right) = pair();
        // Both were registered with the hub.
        let reader = spawn(move || {
            let mut right = right;
            right.read_exact(&mut [0]).map(|()| right)
        });
        yield_now();
        left.write_all(b"x").unwrap();
        let mut right = net::TcpStream::from(reader.wait().unwrap().unwrap());
        let mut left = net::TcpStream::from(left);
        let peer = std::thread::spawn(move || {
            std::thread::sleep(ms(10));
            left.write_all(b"blocking")
        });
        let mut bytes = [0; 8];
        right.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"blocking");
        peer.join().unwrap().unwrap();
    });
}

#[test]
fn a_listener_that_was_green_works_as_stds() {
    check(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let listener = net::TcpListener::from(listener);
        let acceptor = std::thread::spawn(move || listener.accept().map(drop));
        std::thread::sleep(ms(10));
        TcpStream::connect(address).unwrap();
        acceptor.join().unwrap().unwrap();
    });
}

#[test]
fn a_green_clone_never_blocks_its_thread() {
    check(|| {
        let (left, mut right) = half_green_pair();
        let mut clone = left.try_clone().unwrap();
        let theirs = net::TcpStream::from(left);
        let reader = spawn(move || clone.read(&mut [0; 10]).unwrap());
        yield_now();
        right.write_all(b"abc").unwrap();
        assert_eq!(reader.wait().unwrap(), 3);
        // It could not be set back while a clone was green, and its taker is told by the mode.
        assert!(!blocks(&theirs));
    });
}

#[test]
fn descriptors() {
    check(|| {
        let (stream, mut peer) = half_green_pair();
        let number = stream.as_raw_fd();
        assert_eq!(stream.as_fd().as_raw_fd(), number);
        let owned = OwnedFd::from(stream);
        assert_eq!(owned.as_raw_fd(), number);
        let stream = TcpStream::from(owned);
        let number_again = stream.into_raw_fd();
        assert_eq!(number_again, number);
        #[expect(unsafe_code, reason = "the way in for a bare number")]
        // SAFETY: the number was given up above, so this is its only owner.
        let mut stream = unsafe { TcpStream::from_raw_fd(number) };
        peer.write_all(b"x").unwrap();
        stream.read_exact(&mut [0]).unwrap();

        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let number = listener.as_raw_fd();
        let listener = TcpListener::from(OwnedFd::from(listener));
        assert_eq!((listener.as_raw_fd(), listener.local_addr().unwrap()), (number, address));
    });
}

#[test]
fn debug_is_stds() {
    check(|| {
        let (stream, _peer) = half_green_pair();
        let text = format!("{stream:?} {stream:#?}");
        let stream = net::TcpStream::from(stream);
        assert_eq!(text, format!("{stream:?} {stream:#?}"));

        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let text = format!("{listener:?} {listener:#?} {:?}", listener.incoming());
        let listener = net::TcpListener::from(listener);
        assert_eq!(text, format!("{listener:?} {listener:#?} {:?}", listener.incoming()));
    });
}

#[test]
fn auto_traits_are_stds() {
    fn as_std<T: Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>() {}
    fn streams<T: Read + Write>()
    where
        for<'a> &'a T: Read + Write,
    {
    }

    as_std::<TcpStream>();
    as_std::<TcpListener>();
    as_std::<Incoming<'_>>();
    as_std::<IntoIncoming>();
    streams::<TcpStream>();
}

#[test]
fn addresses_and_errors_are_those_of_the_socket() {
    check(|| {
        let (left, right) = half_green_pair();
        assert_eq!(left.local_addr().unwrap(), right.peer_addr().unwrap());
        assert_eq!(left.peer_addr().unwrap(), right.local_addr().unwrap());
        assert!(left.take_error().unwrap().is_none());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_ttl(7).unwrap();
        assert_eq!(listener.ttl().unwrap(), 7);
        let _: io::Result<Option<io::Error>> = listener.take_error();
    });
}

/// A descriptor that is given away is nobody's business here any more, when ours is gone.
#[test]
fn nothing_watches_what_was_given_away() {
    alone(|| {
        check(|| {
            yield_now();
            let before = n_watched();
            let (stream, mut peer) = half_green_pair();
            let mut clone = stream.try_clone().unwrap();
            let reader = spawn(move || {
                clone.read_exact(&mut [0]).unwrap();
                clone
            });
            yield_now();
            // The stream itself was watched while it was being connected.
            assert_eq!(n_watched(), before + 2);
            let given = net::TcpStream::from(stream);
            peer.write_all(b"x").unwrap();
            drop(reader.wait().unwrap());
            assert_eq!(n_watched(), before);
            drop(given);
        });
    });
}
