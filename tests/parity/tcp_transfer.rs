//! Bytes over TCP: large and small, in pieces, and through std's adapters.

use std::io::{self, BufRead, BufReader, BufWriter, IoSlice, IoSliceMut, Read, Write};
use std::net::Shutdown;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use eventlet_tests::check;

use super::{pair, pattern};

#[test]
fn megabytes_arrive_whole() {
    check(|| {
        let (mut client, mut server) = pair();
        let writer = thread::spawn(move || client.write_all(&pattern(5_000_000)).unwrap());
        let mut bytes = Vec::new();
        assert_eq!(server.read_to_end(&mut bytes).unwrap(), 5_000_000);
        assert!(bytes == pattern(5_000_000));
        writer.join().unwrap();
    });
}

/// One write may take less than it is given; what it says it took is what arrives.
#[test]
fn partial_writes_say_how_much() {
    check(|| {
        let (mut client, mut server) = pair();
        let bytes = pattern(2_000_000);
        client.set_nonblocking(true).unwrap();
        let mut n_written = 0;
        while let Ok(n) = client.write(&bytes[n_written..]) {
            assert!(n > 0);
            n_written += n;
            if n_written == bytes.len() {
                break;
            }
        }
        assert!(n_written > 0);
        drop(client);
        let mut read = Vec::new();
        server.read_to_end(&mut read).unwrap();
        assert!(read == bytes[..n_written]);
    });
}

#[test]
fn a_read_takes_what_is_there() {
    check(|| {
        let (mut client, mut server) = pair();
        server.write_all(b"abc").unwrap();
        server.shutdown(Shutdown::Write).unwrap();
        let mut buffer = [0; 10];
        let mut n_read = 0;
        while n_read < 3 {
            n_read += client.read(&mut buffer[n_read..]).unwrap();
        }
        assert_eq!(&buffer[..n_read], b"abc");
        assert_eq!(client.read(&mut buffer).unwrap(), 0);
    });
}

#[test]
fn small_reads_get_everything() {
    check(|| {
        let (mut client, mut server) = pair();
        server.write_all(b"0123456789").unwrap();
        let mut read = Vec::new();
        for size in [1, 2, 3, 4] {
            let mut part = vec![0; size];
            client.read_exact(&mut part).unwrap();
            read.extend(part);
        }
        assert_eq!(read, b"0123456789");
    });
}

#[test]
fn writing_nothing_is_fine() {
    check(|| {
        let (mut client, mut server) = pair();
        assert_eq!(client.write(&[]).unwrap(), 0);
        assert_eq!(client.write_vectored(&[]).unwrap(), 0);
        client.write_all(b"x").unwrap();
        let mut byte = [0];
        server.read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"x");
    });
}

/// On Linux, at least: a read waits for something to be read even if it does not take it.
#[cfg(target_os = "linux")]
#[test]
fn reading_into_nothing_waits() {
    check(|| {
        let (mut client, mut server) = pair();
        let is_sent = Arc::new(AtomicBool::new(false));
        // The second time it is known that there is nothing.
        for _ in 0..2 {
            let (mut reading, has_come) = (client.try_clone().unwrap(), is_sent.clone());
            let reader = thread::spawn(move || {
                let n_read = reading.read(&mut []).unwrap();
                let n_peeked = reading.peek(&mut []).unwrap();
                (n_read, n_peeked, has_come.swap(false, Ordering::SeqCst))
            });
            thread::yield_now();
            is_sent.store(true, Ordering::SeqCst);
            server.write_all(b"x").unwrap();
            assert_eq!(reader.join().unwrap(), (0, 0, true));
            assert_eq!(client.read(&mut [0; 9]).unwrap(), 1);
        }
        assert_eq!(client.read_vectored(&mut []).unwrap(), 0);
    });
}

#[test]
fn vectored_writes_gather() {
    check(|| {
        let (mut client, mut server) = pair();
        let parts = [&b"one "[..], b"", b"two ", b"three"].map(IoSlice::new);
        assert_eq!(client.write_vectored(&parts).unwrap(), 13);
        drop(client);
        assert_eq!(io::read_to_string(&mut server).unwrap(), "one two three");
    });
}

#[test]
fn vectored_reads_scatter() {
    check(|| {
        let (mut client, mut server) = pair();
        server.write_all(b"abcdef").unwrap();
        // All of it has arrived when it can be seen.
        while client.peek(&mut [0; 6]).unwrap() < 6 {}
        let (mut first, mut empty, mut second, mut third) = ([0; 1], [0; 0], [0; 3], [0; 9]);
        let mut buffers = [
            IoSliceMut::new(&mut first),
            IoSliceMut::new(&mut empty),
            IoSliceMut::new(&mut second),
            IoSliceMut::new(&mut third),
        ];
        assert_eq!(client.read_vectored(&mut buffers).unwrap(), 6);
        assert_eq!((&first, &second, &third[..2]), (b"a", b"bcd", &b"ef"[..]));
    });
}

/// More buffers than one call of the system takes.
#[test]
fn thousands_of_buffers() {
    check(|| {
        let (mut client, mut server) = pair();
        let parts: Vec<_> = (0..3000).map(|_| IoSlice::new(b"xy")).collect();
        let n_written = client.write_vectored(&parts).unwrap();
        assert!((1..=6000).contains(&n_written));
        drop(client);
        let mut bytes = Vec::new();
        server.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes, b"xy".repeat(3000)[..n_written]);
    });
}

#[test]
fn peeking_leaves_everything() {
    check(|| {
        let (mut client, mut server) = pair();
        server.write_all(b"abc").unwrap();
        while client.peek(&mut [0; 9]).unwrap() < 3 {}
        let mut seen = [0; 2];
        for _ in 0..3 {
            assert_eq!(client.peek(&mut seen).unwrap(), 2);
            assert_eq!(&seen, b"ab");
        }
        let mut read = [0; 3];
        client.read_exact(&mut read).unwrap();
        assert_eq!(&read, b"abc");
    });
}

#[test]
fn peeking_waits_and_sees_the_end() {
    check(|| {
        let (client, mut server) = pair();
        let writer = thread::spawn(move || server.write_all(b"x").unwrap());
        assert_eq!(client.peek(&mut [0; 9]).unwrap(), 1);
        writer.join().unwrap();
        (&client).read_exact(&mut [0]).unwrap();
        assert_eq!(client.peek(&mut [0; 9]).unwrap(), 0);
    });
}

#[test]
fn lines_through_buffers() {
    check(|| {
        let (client, server) = pair();
        let writer = thread::spawn(move || {
            let mut writer = BufWriter::new(client);
            for n in 0..1000 {
                writeln!(writer, "line {n}").unwrap();
            }
            writer.into_inner().unwrap();
        });
        let lines: Vec<_> = BufReader::new(server).lines().map(Result::unwrap).collect();
        assert_eq!(lines.len(), 1000);
        assert!(lines.iter().enumerate().all(|(n, line)| *line == format!("line {n}")));
        writer.join().unwrap();
    });
}

#[test]
fn copying_between_connections() {
    check(|| {
        let (mut source, mut from) = pair();
        let (mut to, mut sink) = pair();
        let copier = thread::spawn(move || io::copy(&mut from, &mut to).unwrap());
        let writer = thread::spawn(move || source.write_all(&pattern(300_000)).unwrap());
        let mut bytes = Vec::new();
        sink.read_to_end(&mut bytes).unwrap();
        assert!(bytes == pattern(300_000));
        assert_eq!(copier.join().unwrap(), 300_000);
        writer.join().unwrap();
    });
}

#[test]
fn adapters_of_read() {
    check(|| {
        let (client, mut server) = pair();
        server.write_all(b"abcdef").unwrap();
        drop(server);
        let (first, rest) = ((&client).take(2), &client);
        let text = io::read_to_string(first.chain(&b"|"[..]).chain(rest)).unwrap();
        assert_eq!(text, "ab|cdef");
        assert_eq!(BufReader::new(&client).bytes().count(), 0);
    });
}

#[test]
fn text_must_be_utf_8() {
    check(|| {
        let (mut client, mut server) = pair();
        server.write_all(&[0xff, 0xfe]).unwrap();
        drop(server);
        let error = client.read_to_string(&mut String::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    });
}
