//! Pipes among green threads: who waits for one holds up nobody, and may give up.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::time::Duration;

use eventlet::green::io::{PipeReader, pipe};
use eventlet::hubs::spawn_hub;
use eventlet::{sleep, spawn, with_timeout};
use eventlet_tests::sys::is_nonblocking;
use eventlet_tests::{Log, check, ms, yield_now};

#[test]
fn others_run_while_one_reads() {
    check(|| {
        let (mut reader, mut writer) = pipe().unwrap();
        let log = Log::new();
        let theirs = log.clone();
        let reading = spawn(move || {
            reader.read_exact(&mut [0]).unwrap();
            theirs.add("read");
        });
        yield_now();
        log.add("others");
        writer.write_all(b"x").unwrap();
        reading.wait().unwrap();
        assert_eq!(log.take(), "others read");
    });
}

#[test]
fn others_run_while_one_writes() {
    check(|| {
        let (mut reader, mut writer) = pipe().unwrap();
        let writing = spawn(move || writer.write_all(&[0; 1 << 20]).unwrap());
        yield_now();
        assert!(!writing.is_dead(), "the pipe is full");
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len(), 1 << 20);
        writing.wait().unwrap();
    });
}

#[test]
fn a_killed_reader_takes_nothing() {
    check(|| {
        let (reader, mut writer) = pipe().unwrap();
        let mut other = reader.try_clone().unwrap();
        let reading = spawn(move || { reader }.read(&mut [0; 10]).unwrap());
        yield_now();
        reading.kill();
        writer.write_all(b"kept").unwrap();
        let mut text = [0; 4];
        other.read_exact(&mut text).unwrap();
        assert_eq!(&text, b"kept");
    });
}

#[test]
fn a_limit_ends_a_read_and_a_write() {
    check(|| {
        let (mut reader, mut writer) = pipe().unwrap();
        assert!(with_timeout(ms(5), || reader.read(&mut [0])).is_err());
        assert!(with_timeout(ms(5), || writer.write_all(&[0; 1 << 20])).is_err());
        drop(writer);
        let mut left = Vec::new();
        assert!(reader.read_to_end(&mut left).unwrap() < 1 << 20);
    });
}

#[test]
fn both_ends_of_a_reader_are_woken_by_the_end() {
    check(|| {
        let (reader, writer) = pipe().unwrap();
        let read = |mut reader: PipeReader| spawn(move || reader.read(&mut [0]).unwrap());
        let readers = [read(reader.try_clone().unwrap()), read(reader)];
        yield_now();
        drop(writer);
        for reader in readers {
            assert_eq!(reader.wait().unwrap(), 0);
        }
    });
}

#[test]
fn reaches_another_hub() {
    check(|| {
        let (mut reader, mut writer) = pipe().unwrap();
        let hub = spawn_hub().unwrap();
        let there = hub.spawn(move || {
            let mut text = String::new();
            reader.read_to_string(&mut text).map(|_| text)
        });
        writer.write_all(b"across ").unwrap();
        sleep(ms(1));
        writer.write_all(b"hubs").unwrap();
        drop(writer);
        assert_eq!(there.wait().unwrap().unwrap(), "across hubs");
        hub.shutdown(Duration::from_secs(5));
    });
}

/// What is given away blocks for whoever gets it, and its green clone still parks.
#[test]
fn a_clone_that_is_given_away_is_on_its_own() {
    check(|| {
        let (mut reader, mut writer) = pipe().unwrap();
        let (given_reader, given_writer) = (
            OwnedFd::from(reader.try_clone().unwrap()),
            OwnedFd::from(writer.try_clone().unwrap()),
        );
        assert!(!is_nonblocking(&given_reader) && !is_nonblocking(&given_writer));
        assert!(is_nonblocking(&reader) && is_nonblocking(&writer));

        std::io::PipeWriter::from(given_writer).write_all(b"theirs ").unwrap();
        writer.write_all(b"ours").unwrap();
        drop(writer);
        let mut first = [0; 7];
        std::io::PipeReader::from(given_reader).read_exact(&mut first).unwrap();
        let mut rest = String::new();
        reader.read_to_string(&mut rest).unwrap();
        assert_eq!((&first, rest.as_str()), (b"theirs ", "ours"));
    });
}

/// What the program has made non-blocking itself looks so, and stays so.
#[test]
fn a_descriptor_keeps_its_mode() {
    check(|| {
        let (reader, _writer) = std::io::pipe().unwrap();
        eventlet_tests::sys::set_nonblocking(&reader);
        let mut reader = PipeReader::from(reader);
        let error = reader.read(&mut [0]).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
        assert!(is_nonblocking(&OwnedFd::from(reader)));
    });
}

#[test]
fn many_pipes_are_waited_for_at_once() {
    check(|| {
        let (writers, readers): (Vec<_>, Vec<_>) = (0..300u32)
            .map(|n| {
                let (mut reader, writer) = pipe().unwrap();
                let reading = spawn(move || {
                    let mut bytes = [0; 4];
                    reader.read_exact(&mut bytes).unwrap();
                    assert_eq!(u32::from_ne_bytes(bytes), n);
                });
                (writer, reading)
            })
            .unzip();
        yield_now();
        for (n, mut writer) in writers.into_iter().enumerate().rev() {
            writer.write_all(&(n as u32).to_ne_bytes()).unwrap();
        }
        for reading in readers {
            reading.wait().unwrap();
        }
    });
}
