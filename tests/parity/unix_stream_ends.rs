//! How connections between Unix sockets end.

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;

#[test]
fn reading_ends_when_the_peer_is_dropped() {
    check(|| {
        let (mut left, mut right) = UnixStream::pair().unwrap();
        left.write_all(b"last").unwrap();
        let reader = thread::spawn(move || {
            let mut bytes = Vec::new();
            right.read_to_end(&mut bytes).unwrap();
            (bytes, right.read(&mut [0]).unwrap())
        });
        drop(left);
        assert_eq!(reader.join().unwrap(), (b"last".to_vec(), 0));
    });
}

#[test]
fn writing_to_a_peer_that_is_gone() {
    check(|| {
        let (mut left, right) = UnixStream::pair().unwrap();
        drop(right);
        assert_eq!(left.write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
        assert_eq!(left.read(&mut [0]).unwrap(), 0);
    });
}

/// A writer that waits finds out that nobody will read any more.
#[test]
fn a_peer_that_goes_away_wakes_a_writer() {
    check(|| {
        let (mut left, right) = UnixStream::pair().unwrap();
        let writer = thread::spawn(move || {
            loop {
                if let Err(error) = left.write(&[0; 65536]) {
                    return error.kind();
                }
            }
        });
        thread::yield_now();
        drop(right);
        let kind = writer.join().unwrap();
        assert!(matches!(kind, ErrorKind::BrokenPipe | ErrorKind::ConnectionReset), "{kind:?}");
    });
}

/// Who goes away without having read everything resets the connection.
#[test]
fn unread_bytes_are_a_reset() {
    check(|| {
        let (mut left, right) = UnixStream::pair().unwrap();
        left.write_all(b"unread").unwrap();
        drop(right);
        assert_eq!(left.read(&mut [0; 9]).unwrap_err().kind(), ErrorKind::ConnectionReset);
        assert_eq!(left.read(&mut [0; 9]).unwrap(), 0);
    });
}

#[test]
fn half_closed_by_the_writer() {
    check(|| {
        let (mut left, mut right) = UnixStream::pair().unwrap();
        left.write_all(b"all").unwrap();
        left.shutdown(Shutdown::Write).unwrap();
        assert_eq!(left.write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
        let mut text = String::new();
        right.read_to_string(&mut text).unwrap();
        right.write_all(text.as_bytes()).unwrap();
        drop(right);
        text.clear();
        left.read_to_string(&mut text).unwrap();
        assert_eq!(text, "all");
    });
}

#[test]
fn half_closed_by_the_reader() {
    check(|| {
        let (mut left, mut right) = UnixStream::pair().unwrap();
        left.shutdown(Shutdown::Read).unwrap();
        assert_eq!(left.read(&mut [0]).unwrap(), 0);
        assert_eq!(right.write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
        left.write_all(b"still").unwrap();
        right.read_exact(&mut [0; 5]).unwrap();
    });
}

#[test]
fn shutting_down_wakes_a_reader() {
    check(|| {
        let (left, _right) = UnixStream::pair().unwrap();
        let left = Arc::new(left);
        let reading = left.clone();
        let reader = thread::spawn(move || (&*reading).read(&mut [0]).unwrap());
        thread::yield_now();
        left.shutdown(Shutdown::Read).unwrap();
        assert_eq!(reader.join().unwrap(), 0);
    });
}

#[test]
fn shutting_down_a_clone_wakes_a_reader() {
    check(|| {
        let (mut left, _right) = UnixStream::pair().unwrap();
        let clone = left.try_clone().unwrap();
        let reader = thread::spawn(move || left.read(&mut [0]).unwrap());
        thread::yield_now();
        clone.shutdown(Shutdown::Both).unwrap();
        assert_eq!(reader.join().unwrap(), 0);
    });
}

/// A thread that writes until it fails, and says how.
fn write_without_end(stream: Arc<UnixStream>) -> JoinHandle<ErrorKind> {
    let writer = thread::spawn(move || {
        loop {
            if let Err(error) = (&*stream).write(&[0; 65536]) {
                return error.kind();
            }
        }
    });
    thread::yield_now();
    writer
}

#[test]
fn shutting_down_wakes_a_writer() {
    check(|| {
        for how in [Shutdown::Both, Shutdown::Write] {
            let (left, _right) = UnixStream::pair().unwrap();
            let left = Arc::new(left);
            let writer = write_without_end(left.clone());
            left.shutdown(how).unwrap();
            assert_eq!(writer.join().unwrap(), ErrorKind::BrokenPipe);
        }
    });
}

#[test]
fn shutting_down_a_clone_wakes_writers() {
    check(|| {
        let (left, _right) = UnixStream::pair().unwrap();
        let (first, second) = (left.try_clone().unwrap(), left.try_clone().unwrap());
        let last = first.try_clone().unwrap();
        drop(first);
        let writers = [left, second].map(|stream| write_without_end(Arc::new(stream)));
        last.shutdown(Shutdown::Write).unwrap();
        for writer in writers {
            assert_eq!(writer.join().unwrap(), ErrorKind::BrokenPipe);
        }
    });
}

/// The next write fails at once, though there is no room, and no word of any.
#[test]
fn writing_to_what_was_full_when_it_was_shut_down() {
    check(|| {
        let (mut left, _right) = UnixStream::pair().unwrap();
        left.set_write_timeout(Some(Duration::from_millis(20))).unwrap();
        while left.write(&[0; 65536]).is_ok() {}
        left.set_write_timeout(None).unwrap();
        left.shutdown(Shutdown::Write).unwrap();
        assert_eq!(left.write(&[0]).unwrap_err().kind(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn a_peer_that_shuts_down_reading_wakes_a_writer() {
    check(|| {
        let (left, right) = UnixStream::pair().unwrap();
        let writer = write_without_end(Arc::new(left));
        right.shutdown(Shutdown::Read).unwrap();
        assert_eq!(writer.join().unwrap(), ErrorKind::BrokenPipe);
    });
}

#[test]
fn a_connection_outlives_its_listener() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let mut client = UnixStream::connect(&path).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        drop(listener);
        client.write_all(b"x").unwrap();
        server.read_exact(&mut [0]).unwrap();
        assert_eq!(client.peer_addr().unwrap().as_pathname(), Some(&*path));
    });
}

/// Connections that nobody has accepted end with the listener.
#[test]
fn connections_end_with_the_listener() {
    check(|| {
        let dir = Scratch::new();
        let path = dir.path("socket");
        let listener = UnixListener::bind(&path).unwrap();
        let mut client = UnixStream::connect(&path).unwrap();
        let reader = thread::spawn(move || client.read(&mut [0]).map_err(|error| error.kind()));
        thread::yield_now();
        drop(listener);
        let end = reader.join().unwrap();
        assert!(matches!(end, Ok(0) | Err(ErrorKind::ConnectionReset)), "{end:?}");
    });
}
