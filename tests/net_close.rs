//! Ending a socket wakes whoever waits on it, wherever that is.

use std::io::{self, ErrorKind, Read, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use eventlet::green::net::{Shutdown, TcpListener, TcpStream};
use eventlet::green::os::unix::net::UnixDatagram;
use eventlet::{hubs, sleep, spawn, with_timeout};
use eventlet_tests::net::{half_green_pair, pair};
use eventlet_tests::{check, ms, yield_now};

/// Fills a stream until a write has to wait, and goes on writing.
fn write_without_end(mut stream: &TcpStream) -> io::Error {
    loop {
        if let Err(error) = stream.write(&[0; 65536]) {
            return error;
        }
    }
}

/// Runs green threads until as many as `n` of them wait for descriptors.
fn until_waiting(n: usize) {
    while hubs::get_hub().stats().io_waiters < n {
        sleep(ms(1));
    }
}

fn assert_closed(error: io::Error) {
    assert_eq!(error.kind(), ErrorKind::NotConnected);
    assert!(error.to_string().contains("close"), "{error}");
}

#[test]
fn closing_wakes_a_reader_and_a_writer() {
    check(|| {
        let (stream, _peer) = half_green_pair();
        let stream = Rc::new(stream);
        let (theirs, others) = (stream.clone(), stream.clone());
        let reader = spawn(move || (&*theirs).read(&mut [0; 10]).unwrap_err());
        let writer = spawn(move || write_without_end(&others));
        until_waiting(2);
        stream.close();
        assert_closed(reader.wait().unwrap());
        assert_closed(writer.wait().unwrap());
        assert_closed((&*stream).read(&mut [0; 10]).unwrap_err());
        assert_closed((&*stream).write(b"x").unwrap_err());
        stream.close();
    });
}

#[test]
fn closing_wakes_acceptors_and_ends_iteration() {
    check(|| {
        let listener = Rc::new(TcpListener::bind("127.0.0.1:0").unwrap());
        let address = listener.local_addr().unwrap();
        let (theirs, others) = (listener.clone(), listener.clone());
        let acceptor = spawn(move || theirs.accept().unwrap_err());
        let iterator = spawn(move || others.incoming().count());
        until_waiting(2);
        listener.close();
        assert_closed(acceptor.wait().unwrap());
        assert_eq!(iterator.wait().unwrap(), 0);
        let refused = TcpStream::connect(address).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    });
}

#[test]
fn closing_reaches_clones() {
    check(|| {
        let (stream, _peer) = pair();
        let clone = stream.try_clone().unwrap();
        let reader = spawn(move || (&clone).read(&mut [0; 10]).unwrap_err());
        until_waiting(1);
        stream.close();
        assert_closed(reader.wait().unwrap());

        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let clone = listener.try_clone().unwrap();
        let acceptor = spawn(move || clone.into_incoming().count());
        until_waiting(1);
        listener.close();
        assert_eq!(acceptor.wait().unwrap(), 0);
    });
}

#[test]
fn closing_from_another_os_thread() {
    check(|| {
        let (stream, _peer) = half_green_pair();
        let listener = Arc::new(TcpListener::bind("127.0.0.1:0").unwrap());
        let stream = Arc::new(stream);
        let (reading, accepting) = (stream.clone(), listener.clone());
        let reader = spawn(move || (&*reading).read(&mut [0; 10]).unwrap_err());
        let acceptor = spawn(move || accepting.accept().unwrap_err());
        until_waiting(2);
        let (closing, ending) = (stream.clone(), listener.clone());
        let closer = thread::spawn(move || {
            closing.close();
            ending.close();
        });
        assert_closed(reader.wait().unwrap());
        assert_closed(acceptor.wait().unwrap());
        closer.join().unwrap();
    });
}

/// Whatever the moment at which the other thread closes, the reader never sleeps on.
#[test]
fn closing_at_any_moment() {
    check(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (give, take) = mpsc::channel::<Arc<TcpStream>>();
        let closer = thread::spawn(move || take.iter().for_each(|stream| stream.close()));
        for _ in 0..1000 {
            let stream = Arc::new(TcpStream::connect(address).unwrap());
            let _peer = listener.accept().unwrap();
            give.send(stream.clone()).unwrap();
            assert_closed((&*stream).read(&mut [0; 10]).unwrap_err());
            while Arc::strong_count(&stream) > 1 {
                thread::yield_now();
            }
        }
        drop(give);
        closer.join().unwrap();
    });
}

#[test]
fn shutting_down_wakes_and_does_not_close() {
    check(|| {
        let (left, mut right) = pair();
        let left = Rc::new(left);
        let theirs = left.clone();
        let reader = spawn(move || (&*theirs).read(&mut [0; 10]).unwrap());
        until_waiting(1);
        left.shutdown(Shutdown::Read).unwrap();
        assert_eq!(reader.wait().unwrap(), 0);

        (&*left).write_all(b"still").unwrap();
        right.read_exact(&mut [0; 5]).unwrap();
        left.shutdown(Shutdown::Write).unwrap();
        assert_eq!((&*left).write(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
        assert_eq!(right.read(&mut [0; 10]).unwrap(), 0);
    });
}

/// Whatever the moment at which another thread shuts sending down, a sender never sleeps on. The
/// system tells nobody who polls.
#[test]
fn shutting_down_at_any_moment() {
    check(|| {
        let (give, take) = mpsc::channel::<UnixDatagram>();
        let end = move || take.iter().for_each(|socket| socket.shutdown(Shutdown::Write).unwrap());
        let ending = thread::spawn(end);
        for n in 0..1000 {
            let (left, _right) = UnixDatagram::pair().unwrap();
            let clone = left.try_clone().unwrap();
            left.set_nonblocking(true).unwrap();
            while left.send(&[0; 1000]).is_ok() {}
            left.set_nonblocking(false).unwrap();
            if n % 2 == 0 {
                // This hub has met it, and knows that it is full.
                assert!(with_timeout(Duration::ZERO, || left.send(&[0])).is_err());
            }
            give.send(clone).unwrap();
            assert_eq!(left.send(&[0]).unwrap_err().kind(), ErrorKind::BrokenPipe);
        }
        drop(give);
        ending.join().unwrap();
    });
}

#[test]
fn what_was_written_before_closing_arrives() {
    check(|| {
        let (mut stream, mut peer) = half_green_pair();
        stream.write_all(&[7; 100_000]).unwrap();
        stream.close();
        let mut bytes = Vec::new();
        peer.read_to_end(&mut bytes).unwrap();
        assert!(bytes == [7; 100_000]);
    });
}

/// I/O does not switch while a green thread unwinds: a destructor that would wait gets an error.
#[test]
fn no_waiting_while_unwinding() {
    struct ReadsOnDrop(TcpStream, Rc<std::cell::Cell<Option<io::Error>>>);

    impl Drop for ReadsOnDrop {
        fn drop(&mut self) {
            self.1.set(self.0.read(&mut [0; 10]).err());
        }
    }

    check(|| {
        let (left, mut right) = pair();
        let error = Rc::new(std::cell::Cell::new(None));
        let guard = ReadsOnDrop(left, error.clone());
        let thread = spawn(move || {
            let _guard = guard;
            sleep(ms(10_000));
        });
        yield_now();
        thread.kill();
        assert!(thread.is_dead());
        assert!(error.take().unwrap().to_string().contains("unwinds"));
        assert_eq!(right.read(&mut [0; 10]).unwrap(), 0);
    });
}
