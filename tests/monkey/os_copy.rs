//! `std::io::copy`, which has the system move bytes where it can.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use eventlet::GreenThread;
use eventlet_monkey_tests::c;
use eventlet_tests::net::pattern;
use eventlet_tests::scratch::Scratch;

/// Far more than fits into a pipe or between two sockets.
const LENGTH: usize = 8 << 20;

fn check(body: impl FnOnce()) {
    eventlet::monkey_patch();
    eventlet_tests::check(body);
}

fn tcp() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let writer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (writer, listener.accept().unwrap().0)
}

/// Reads everything in a green thread, and compares it.
fn expect(mut reader: impl Read + 'static, bytes: &[u8]) -> GreenThread<bool> {
    let bytes = bytes.to_vec();
    eventlet::spawn(move || {
        let mut received = Vec::new();
        reader.read_to_end(&mut received).unwrap();
        received == bytes
    })
}

/// Writes everything in a green thread.
fn feed(mut writer: impl Write + 'static, bytes: &[u8]) -> GreenThread<()> {
    let bytes = bytes.to_vec();
    eventlet::spawn(move || writer.write_all(&bytes).unwrap())
}

#[test]
fn from_a_file() {
    check(|| {
        let scratch = Scratch::new();
        let bytes = pattern(1, LENGTH);
        let path = scratch.file("file", &bytes);
        let to_tcp = || {
            let (mut writer, reader) = tcp();
            let read = expect(reader, &bytes[1000..]);
            let mut file = File::open(&path).unwrap();
            file.seek(SeekFrom::Start(1000)).unwrap();
            assert_eq!(io::copy(&mut file, &mut writer).unwrap(), LENGTH as u64 - 1000);
            assert_eq!(file.stream_position().unwrap(), LENGTH as u64);
            drop(writer);
            read
        };
        let to_pipe = || {
            let (reader, mut writer) = io::pipe().unwrap();
            let read = expect(reader, &bytes);
            let mut file = File::open(&path).unwrap();
            assert_eq!(io::copy(&mut file, &mut writer).unwrap(), LENGTH as u64);
            drop(writer);
            read
        };
        assert!(to_tcp().wait().unwrap());
        assert!(to_pipe().wait().unwrap());
    });
}

#[test]
fn a_part_of_a_file() {
    check(|| {
        let scratch = Scratch::new();
        let file = File::open(scratch.file("file", b"0123456789")).unwrap();
        let (socket, mut peer) = UnixStream::pair().unwrap();
        let mut offset = 3;
        assert_eq!(c::sendfile(&socket, &file, Some(&mut offset), 4).unwrap(), 4);
        assert_eq!((offset, (&file).stream_position().unwrap()), (7, 0));
        assert_eq!(c::sendfile(&socket, &file, Some(&mut offset), 100).unwrap(), 3);
        assert_eq!(c::sendfile(&socket, &file, Some(&mut offset), 100).unwrap(), 0);
        let mut text = [0; 7];
        peer.read_exact(&mut text).unwrap();
        assert_eq!(&text, b"3456789");
        // What has not been sent does not count.
        let big = File::open(scratch.file("big", pattern(2, LENGTH))).unwrap();
        socket.set_nonblocking(true).unwrap();
        let n_sent = c::sendfile(&socket, &big, None, LENGTH).unwrap();
        assert!(0 < n_sent && n_sent < LENGTH);
        assert_eq!((&big).stream_position().unwrap(), n_sent as u64);
        let error = c::sendfile(&socket, &big, None, LENGTH).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
    });
}

#[test]
fn between_pipes_and_sockets() {
    check(|| {
        let bytes = pattern(3, LENGTH);
        // From a pipe to a socket.
        let ((mut from, writer), (mut to, reader)) = (io::pipe().unwrap(), tcp());
        let (write, read) = (feed(writer, &bytes), expect(reader, &bytes));
        assert_eq!(io::copy(&mut from, &mut to).unwrap(), LENGTH as u64);
        drop(to);
        assert!(read.wait().unwrap());
        write.wait().unwrap();
        // From a socket to a pipe.
        let ((writer, mut from), (reader, mut to)) = (tcp(), io::pipe().unwrap());
        let (write, read) = (feed(writer, &bytes), expect(reader, &bytes));
        assert_eq!(io::copy(&mut from, &mut to).unwrap(), LENGTH as u64);
        drop(to);
        assert!(read.wait().unwrap());
        write.wait().unwrap();
        // From a pipe to a pipe.
        let ((mut from, writer), (reader, mut to)) = (io::pipe().unwrap(), io::pipe().unwrap());
        let (write, read) = (feed(writer, &bytes), expect(reader, &bytes));
        assert_eq!(io::copy(&mut from, &mut to).unwrap(), LENGTH as u64);
        drop(to);
        assert!(read.wait().unwrap());
        write.wait().unwrap();
    });
}

#[test]
fn splicing_waits_for_both_ends() {
    check(|| {
        let (pipe, mut writer) = io::pipe().unwrap();
        let (socket, mut peer) = UnixStream::pair().unwrap();
        socket.set_nonblocking(true).unwrap();
        let mut n_full = 0;
        while let Ok(n) = (&socket).write(&[0; 4096]) {
            n_full += n;
        }
        socket.set_nonblocking(false).unwrap();
        let splice = eventlet::spawn(move || c::splice(&pipe, &socket, 100).unwrap());
        eventlet::sleep(Duration::ZERO);
        writer.write_all(b"spliced").unwrap();
        eventlet::sleep(Duration::from_millis(5));
        assert!(!splice.is_dead());
        peer.read_exact(&mut vec![0; n_full]).unwrap();
        assert_eq!(splice.wait().unwrap(), 7);
        let mut text = String::new();
        peer.read_to_string(&mut text).unwrap();
        assert_eq!(text, "spliced");
    });
}

#[test]
fn a_pipe_takes_what_it_has_room_for() {
    check(|| {
        let scratch = Scratch::new();
        let file = File::open(scratch.file("big", pattern(4, LENGTH))).unwrap();
        let (mut reader, writer) = io::pipe().unwrap();
        let mut offset = 1;
        // Nobody reads: who sends must be told.
        let n_sent = c::sendfile(&writer, &file, Some(&mut offset), LENGTH).unwrap();
        assert!((1..LENGTH).contains(&n_sent), "{n_sent}");
        assert_eq!(offset as usize, 1 + n_sent);
        let mut bytes = vec![0; n_sent];
        reader.read_exact(&mut bytes).unwrap();
        assert!(bytes == pattern(4, LENGTH)[1..1 + n_sent]);
    });
}
