//! The behaviours of Eventlet's own tests of `greenio`, by their names: pipes, and files that are
//! used like them.

use std::io::{BufReader, Read, Seek, SeekFrom, Write};

use eventlet::green::fs::{self, File, OpenOptions};
use eventlet::green::io;
use eventlet::green::process::{Command, Stdio};
use eventlet::{sleep, spawn};
use eventlet_tests::net::pattern;
use eventlet_tests::scratch::Scratch;
use eventlet_tests::{check, ms};

/// Reads a number of bytes at a time while they are written one by one.
fn read_in_pieces(n_bytes: usize, length: usize) {
    let (mut reader, mut writer) = io::pipe().unwrap();
    let writing = spawn(move || {
        for byte in pattern(1, length) {
            writer.write_all(&[byte]).unwrap();
            sleep(ms(0));
        }
    });
    let mut read = Vec::new();
    let mut piece = vec![0; n_bytes];
    loop {
        match reader.read(&mut piece).unwrap() {
            0 => break,
            n => read.extend_from_slice(&piece[..n]),
        }
    }
    assert_eq!(read, pattern(1, length));
    writing.wait().unwrap();
}

/// What is written comes out again, while both sides wait for each other.
#[test]
fn pipe() {
    check(|| {
        let (reader, mut writer) = io::pipe().unwrap();
        let reading = spawn(move || {
            let mut lines = Vec::new();
            { reader }.read_to_end(&mut lines).map(|_| lines)
        });
        for _ in 0..1000 {
            writer.write_all(&[b'x'; 2048]).unwrap();
        }
        drop(writer);
        assert_eq!(reading.wait().unwrap().unwrap().len(), 2_048_000);
    });
}

/// The same between processes.
#[test]
fn pipe_read() {
    check(|| {
        let mut command = Command::new("sh");
        let script = "for n in 1 2 3; do echo $n; sleep 0.02; done";
        let mut child = command.args(["-c", script]).stdout(Stdio::piped()).spawn().unwrap();
        let mut text = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "1\n2\n3\n");
        child.wait().unwrap();
    });
}

#[test]
fn pip_read_until_end() {
    check(|| {
        let (mut reader, mut writer) = io::pipe().unwrap();
        let writing = spawn(move || {
            writer.write_all(b"abc").unwrap();
            sleep(ms(5));
            writer.write_all(b"def").unwrap();
        });
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "abcdef");
        writing.wait().unwrap();
    });
}

#[test]
fn pipe_read_unbuffered() {
    check(|| {
        read_in_pieces(1, 100);
        read_in_pieces(7, 100);
    });
}

#[test]
fn pipe_writes_large_messages() {
    check(|| {
        let (mut reader, mut writer) = io::pipe().unwrap();
        let large = pattern(2, 1 << 20);
        let expected = large.clone();
        let writing = spawn(move || writer.write_all(&large));
        let mut read = Vec::new();
        reader.read_to_end(&mut read).unwrap();
        assert!(read == expected);
        writing.wait().unwrap().unwrap();
    });
}

/// A file that is read through a buffer is read from where it was set to.
#[test]
fn seek_on_buffered_pipe() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "some text to be read");
        let mut reader = BufReader::new(File::open(&path).unwrap());
        let mut word = [0; 4];
        reader.read_exact(&mut word).unwrap();
        assert_eq!((&word, reader.stream_position().unwrap()), (b"some", 4));
        assert_eq!(reader.seek(SeekFrom::End(-4)).unwrap(), 16);
        reader.read_exact(&mut word).unwrap();
        assert_eq!(&word, b"read");
        reader.rewind().unwrap();
        reader.read_exact(&mut word).unwrap();
        assert_eq!(&word, b"some");
    });
}

#[test]
fn truncate() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.path("file");
        let mut file = File::create(&path).unwrap();
        file.write_all(b"1234567890").unwrap();
        file.set_len(9).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "123456789");
    });
}

/// Dropping it closes it.
#[test]
fn pipe_context() {
    check(|| {
        let (mut reader, mut writer) = io::pipe().unwrap();
        {
            let mut writer = writer.try_clone().unwrap();
            writer.write_all(b"inside").unwrap();
        }
        writer.write_all(b" outside").unwrap();
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "inside outside");
    });
}

#[test]
fn greenpipe_write() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "before and long");
        File::create(&path).unwrap().write_all(b"one").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
    });
}

#[test]
fn greenpipe_append() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "one ");
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one two");
    });
}

#[test]
fn greenpipe_read_overwrite() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "beginning");
        let mut file = OpenOptions::new().read(true).write(true).open(&path).unwrap();
        let mut text = [0; 3];
        file.read_exact(&mut text).unwrap();
        assert_eq!(&text, b"beg");
        file.write_all(b"IN").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "begINning");
    });
}

#[test]
fn greenpipe_write_plus() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "to be gone");
        let mut options = OpenOptions::new();
        let mut file = options.read(true).write(true).truncate(true).open(&path).unwrap();
        file.write_all(b"new").unwrap();
        file.rewind().unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "new");
    });
}

#[test]
fn greenpipe_append_plus() {
    check(|| {
        let scratch = Scratch::new();
        let path = scratch.file("file", "old");
        let mut file = OpenOptions::new().read(true).append(true).open(&path).unwrap();
        file.write_all(b" and new").unwrap();
        file.rewind().unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "old and new");
        file.rewind().unwrap();
        file.write_all(b"!").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "old and new!");
    });
}
