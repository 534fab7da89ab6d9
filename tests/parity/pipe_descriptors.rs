//! Ends of pipes made from and into descriptors.

use std::fs::{self, File};
use std::io::{self, PipeReader, PipeWriter, Write, pipe};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, IntoRawFd, OwnedFd};

use eventlet_tests::check;
use eventlet_tests::scratch::Scratch;

#[test]
fn is_made_from_and_into_a_descriptor() {
    check(|| {
        let (reader, writer) = pipe().unwrap();
        let number = writer.as_raw_fd();
        assert_eq!(writer.as_fd().as_raw_fd(), number);
        let fd = OwnedFd::from(writer);
        assert_eq!(fd.as_raw_fd(), number);
        let mut writer = PipeWriter::from(fd);
        let reader = OwnedFd::from(reader);
        let mut reader = PipeReader::from(reader);
        writer.write_all(b"still").unwrap();
        drop(writer);
        assert_eq!(io::read_to_string(&mut reader).unwrap(), "still");
    });
}

#[test]
#[allow(unsafe_code, reason = "bare descriptors")]
fn is_made_from_and_into_a_bare_descriptor() {
    check(|| {
        let (reader, writer) = pipe().unwrap();
        let (number, other) = (reader.as_raw_fd(), writer.as_raw_fd());
        let (reader, writer) = (reader.into_raw_fd(), writer.into_raw_fd());
        assert_eq!((reader, writer), (number, other));
        // SAFETY: the descriptors are ours alone.
        let (reader, mut writer) =
            unsafe { (PipeReader::from_raw_fd(reader), PipeWriter::from_raw_fd(writer)) };
        writer.write_all(b"raw").unwrap();
        drop(writer);
        assert_eq!(io::read_to_string(reader).unwrap(), "raw");
    });
}

#[test]
fn a_descriptor_that_was_given_away_blocks() {
    check(|| {
        let (reader, writer) = pipe().unwrap();
        let clone = writer.try_clone().unwrap();
        assert!(!eventlet_tests::sys::is_nonblocking(&OwnedFd::from(clone)));
        assert!(!eventlet_tests::sys::is_nonblocking(&OwnedFd::from(writer)));
        assert!(!eventlet_tests::sys::is_nonblocking(&OwnedFd::from(reader)));
    });
}

/// Whatever it is that is written to, it is one file with one place in it.
#[test]
fn clones_of_what_is_no_pipe_go_on_where_the_others_are() {
    check(|| {
        let scratch = Scratch::new();
        let file = File::create(scratch.path("file")).unwrap();
        let mut writer = PipeWriter::from(OwnedFd::from(file));
        writer.write_all(b"one ").unwrap();
        let given = OwnedFd::from(writer.try_clone().unwrap());
        File::from(given).write_all(b"two ").unwrap();
        writer.write_all(b"three").unwrap();
        assert_eq!(fs::read(scratch.path("file")).unwrap(), b"one two three");
    });
}
