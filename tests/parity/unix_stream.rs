//! Bytes between Unix sockets.

use std::io::{self, BufRead, BufReader, ErrorKind, IoSlice, IoSliceMut, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use eventlet_tests::check;

const SHORT: Duration = Duration::from_millis(20);

fn pattern(length: usize) -> Vec<u8> {
    (0..length as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

#[test]
fn a_pair_talks() {
    check(|| {
        let (mut left, mut right) = UnixStream::pair().unwrap();
        left.write_all(b"ping").unwrap();
        let mut text = [0; 4];
        right.read_exact(&mut text).unwrap();
        assert_eq!(&text, b"ping");
        right.write_all(b"pong").unwrap();
        left.read_exact(&mut text).unwrap();
        assert_eq!(&text, b"pong");
    });
}

#[test]
fn reading_waits() {
    check(|| {
        let (mut left, mut right) = UnixStream::pair().unwrap();
        let reader = thread::spawn(move || {
            let mut text = [0; 9];
            right.read_exact(&mut text).unwrap();
            text
        });
        for part in ["one", "two", "six"] {
            left.write_all(part.as_bytes()).unwrap();
            thread::yield_now();
        }
        assert_eq!(&reader.join().unwrap(), b"onetwosix");
    });
}

#[test]
fn megabytes_arrive_whole() {
    check(|| {
        let (mut left, mut right) = UnixStream::pair().unwrap();
        let writer = thread::spawn(move || left.write_all(&pattern(5_000_000)).unwrap());
        let mut bytes = Vec::new();
        right.read_to_end(&mut bytes).unwrap();
        assert!(bytes == pattern(5_000_000));
        writer.join().unwrap();
    });
}

#[test]
fn partial_writes_say_how_much() {
    check(|| {
        let (mut left, mut right) = UnixStream::pair().unwrap();
        let bytes = pattern(3_000_000);
        left.set_nonblocking(true).unwrap();
        let mut n_written = 0;
        let full = loop {
            match left.write(&bytes[n_written..]) {
                Ok(n) => n_written += n,
                Err(error) => break error,
            }
        };
        assert_eq!(full.kind(), ErrorKind::WouldBlock);
        assert!((1..bytes.len()).contains(&n_written));
        drop(left);
        let mut read = Vec::new();
        right.read_to_end(&mut read).unwrap();
        assert!(read == bytes[..n_written]);
    });
}

#[test]
fn vectored() {
    check(|| {
        let (mut left, mut right) = UnixStream::pair().unwrap();
        let parts = [&b"one "[..], b"", b"two"].map(IoSlice::new);
        assert_eq!(left.write_vectored(&parts).unwrap(), 7);
        let (mut first, mut second) = ([0; 2], [0; 10]);
        let mut buffers = [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
        assert_eq!(right.read_vectored(&mut buffers).unwrap(), 7);
        assert_eq!((&first, &second[..5]), (b"on", &b"e two"[..]));
        assert_eq!(left.write_vectored(&[]).unwrap(), 0);
    });
}

#[test]
fn by_reference() {
    check(|| {
        let (left, right) = UnixStream::pair().unwrap();
        (&left).write_all(b"x").unwrap();
        (&left).flush().unwrap();
        (&right).read_exact(&mut [0]).unwrap();
    });
}

#[test]
fn lines_and_copies() {
    check(|| {
        let (mut left, right) = UnixStream::pair().unwrap();
        let (mut to, from) = UnixStream::pair().unwrap();
        let copier = thread::spawn(move || io::copy(&mut BufReader::new(right), &mut to).unwrap());
        for n in 0..100 {
            writeln!(left, "line {n}").unwrap();
        }
        drop(left);
        assert_eq!(BufReader::new(from).lines().map(Result::unwrap).last().unwrap(), "line 99");
        assert_eq!(copier.join().unwrap(), 790);
    });
}

#[test]
fn clones_read_at_once() {
    check(|| {
        let (mut left, right) = UnixStream::pair().unwrap();
        let clone = right.try_clone().unwrap();
        let readers = [right, clone].map(|mut stream| {
            thread::spawn(move || {
                let (mut bytes, mut byte) = (Vec::new(), [0]);
                while stream.read(&mut byte).unwrap() == 1 {
                    bytes.push(byte[0]);
                    thread::yield_now();
                }
                bytes
            })
        });
        let sent: Vec<u8> = (0..=255).collect();
        for part in sent.chunks(16) {
            left.write_all(part).unwrap();
            thread::yield_now();
        }
        drop(left);
        let mut read: Vec<u8> =
            readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect();
        read.sort_unstable();
        assert_eq!(read, sent);
    });
}

#[test]
fn both_directions_at_once() {
    check(|| {
        let (left, right) = UnixStream::pair().unwrap();
        let sent = Arc::new(pattern(2_000_000));
        let threads: Vec<_> = [left, right]
            .into_iter()
            .flat_map(|stream| {
                let (mut writer, bytes) = (stream.try_clone().unwrap(), sent.clone());
                let (mut reader, expected) = (stream, sent.clone());
                let writing = thread::spawn(move || writer.write_all(&bytes).unwrap());
                let reading = thread::spawn(move || {
                    let mut bytes = vec![0; expected.len()];
                    reader.read_exact(&mut bytes).unwrap();
                    assert!(bytes == *expected);
                });
                [writing, reading]
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    });
}

#[test]
fn reading_takes_too_long() {
    check(|| {
        let (mut left, mut right) = UnixStream::pair().unwrap();
        right.set_read_timeout(Some(SHORT)).unwrap();
        let start = Instant::now();
        assert_eq!(right.read(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert!(start.elapsed() >= SHORT);
        left.write_all(b"x").unwrap();
        assert_eq!(right.read(&mut [0; 9]).unwrap(), 1);
    });
}

#[test]
fn writing_takes_too_long() {
    check(|| {
        let (mut left, _right) = UnixStream::pair().unwrap();
        left.set_write_timeout(Some(SHORT)).unwrap();
        let (late, waited) = loop {
            let start = Instant::now();
            if let Err(error) = left.write(&[0; 65536]) {
                break (error, start.elapsed());
            }
        };
        assert_eq!(late.kind(), ErrorKind::WouldBlock);
        assert!(waited >= SHORT);
    });
}

#[test]
fn zero_is_no_timeout() {
    check(|| {
        let (left, _right) = UnixStream::pair().unwrap();
        for error in [
            left.set_read_timeout(Some(Duration::ZERO)).unwrap_err(),
            left.set_write_timeout(Some(Duration::ZERO)).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert_eq!(error.to_string(), "cannot set a 0 duration timeout");
        }
        assert_eq!(left.read_timeout().unwrap(), None);
        left.set_read_timeout(Some(Duration::from_secs(3))).unwrap();
        left.set_write_timeout(Some(Duration::from_secs(5))).unwrap();
        let clone = left.try_clone().unwrap();
        assert_eq!(clone.read_timeout().unwrap(), Some(Duration::from_secs(3)));
        assert_eq!(clone.write_timeout().unwrap(), Some(Duration::from_secs(5)));
    });
}

#[test]
fn a_nonblocking_stream() {
    check(|| {
        let (mut left, mut right) = UnixStream::pair().unwrap();
        right.set_nonblocking(true).unwrap();
        assert_eq!(right.read(&mut [0; 9]).unwrap_err().kind(), ErrorKind::WouldBlock);
        left.write_all(b"x").unwrap();
        assert_eq!(right.read(&mut [0; 9]).unwrap(), 1);
        right.set_nonblocking(false).unwrap();
        let reader = thread::spawn(move || right.read(&mut [0; 9]).unwrap());
        left.write_all(b"yz").unwrap();
        assert_eq!(reader.join().unwrap(), 2);
    });
}
