//! What std documents about `std::io::stdin`: each body runs in a process of its own, which is
//! given something to read.

use std::io::{self, BufRead, IoSliceMut, IsTerminal, Read, Write};
use std::os::fd::{AsFd, AsRawFd};
use std::sync::mpsc;
use std::thread;

use eventlet_tests::input::{Feed, reading};

#[test]
fn reads_a_line() {
    reading(Feed::Pipe(b"one\ntwo\n"), || {
        let mut line = String::new();
        assert_eq!(io::stdin().read_line(&mut line).unwrap(), 4);
        assert_eq!(io::stdin().read_line(&mut line).unwrap(), 4);
        assert_eq!(line, "one\ntwo\n");
        assert_eq!(io::stdin().read_line(&mut line).unwrap(), 0);
    });
}

#[test]
fn iterates_over_lines() {
    reading(Feed::Pipe(b"one\r\ntwo\n\nlast"), || {
        let lines: Vec<_> = io::stdin().lines().map(Result::unwrap).collect();
        assert_eq!(lines, ["one", "two", "", "last"]);
    });
}

#[test]
fn waits_for_what_comes_in_pieces() {
    reading(Feed::Slowly(&[b"on", b"e\ntw", b"o\n"]), || {
        let lines: Vec<_> = io::stdin().lines().map(Result::unwrap).collect();
        assert_eq!(lines, ["one", "two"]);
    });
}

#[test]
fn reads_to_the_end() {
    reading(Feed::Pipe(b"all of it"), || {
        let mut bytes = Vec::new();
        assert_eq!(io::stdin().read_to_end(&mut bytes).unwrap(), 9);
        assert_eq!(bytes, b"all of it");
        assert_eq!(io::stdin().read(&mut [0; 5]).unwrap(), 0);
    });
}

#[test]
fn reads_to_the_end_as_text() {
    reading(Feed::Slowly(&[b"all ", b"of ", b"it"]), || {
        assert_eq!(io::read_to_string(io::stdin()).unwrap(), "all of it");
    });
}

#[test]
fn what_is_no_text_is_an_error() {
    reading(Feed::Pipe(b"\xff\xfe\n"), || {
        let error = io::stdin().read_line(&mut String::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    });
}

#[test]
fn reads_a_file() {
    reading(Feed::File(b"from\na file\n"), || {
        let lines: Vec<_> = io::stdin().lines().map(Result::unwrap).collect();
        assert_eq!(lines, ["from", "a file"]);
    });
}

#[test]
fn reads_nothing() {
    reading(Feed::Nothing, || {
        assert_eq!(io::stdin().read_line(&mut String::new()).unwrap(), 0);
        assert_eq!(io::stdin().lock().fill_buf().unwrap(), b"");
    });
}

#[test]
fn reads_what_is_closed_as_empty() {
    reading(Feed::Closed, || {
        assert_eq!(io::stdin().read(&mut [0; 5]).unwrap(), 0);
        assert_eq!(io::stdin().lines().count(), 0);
    });
}

#[test]
fn reads_a_socket() {
    reading(Feed::Socket(b"by\nsocket\n"), || {
        let lines: Vec<_> = io::stdin().lines().map(Result::unwrap).collect();
        assert_eq!(lines, ["by", "socket"]);
    });
}

#[test]
fn reads_a_terminal() {
    reading(Feed::Terminal(b"typed\nby hand\n"), || {
        assert!(io::stdin().is_terminal());
        let lines: Vec<_> = io::stdin().lines().map(Result::unwrap).collect();
        assert_eq!(lines, ["typed", "by hand"]);
        assert!(!eventlet_tests::sys::is_nonblocking(&io::stdin()));
    });
}

#[test]
fn handles_share_a_buffer() {
    reading(Feed::Pipe(b"abcdef"), || {
        let mut bytes = [0; 2];
        io::stdin().read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"ab");
        (&io::stdin()).read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"cd");
        let mut rest = String::new();
        io::stdin().lock().read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "ef");
    });
}

#[test]
fn is_peeked_at() {
    reading(Feed::Pipe(b"key=value;rest"), || {
        let mut input = io::stdin().lock();
        assert_eq!(input.fill_buf().unwrap()[0], b'k');
        input.consume(4);
        let mut value = Vec::new();
        assert_eq!(input.read_until(b';', &mut value).unwrap(), 6);
        assert_eq!(value, b"value;");
        let mut rest = String::new();
        assert_eq!(input.read_line(&mut rest).unwrap(), 4);
        assert_eq!(rest, "rest");
    });
}

#[test]
fn too_little_is_an_error() {
    reading(Feed::Pipe(b"abc"), || {
        let error = io::stdin().read_exact(&mut [0; 4]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    });
}

#[test]
fn reads_into_several_buffers() {
    reading(Feed::Pipe(b"abcd"), || {
        let (mut first, mut second) = ([0; 1], [0; 3]);
        let bufs = &mut [IoSliceMut::new(&mut first), IoSliceMut::new(&mut second)];
        assert_eq!(io::stdin().read_vectored(bufs).unwrap(), 4);
        assert_eq!((&first, &second), (b"a", b"bcd"));
    });
}

#[test]
fn is_one_readers_at_a_time() {
    reading(Feed::Pipe(b"1\n2\n3\n4\n"), || {
        let mut input = io::stdin().lock();
        let (say, hear) = mpsc::channel();
        let other = thread::spawn(move || {
            say.send(()).unwrap();
            let mut line = String::new();
            io::stdin().read_line(&mut line).unwrap();
            line
        });
        hear.recv().unwrap();
        let mut lines = String::new();
        for _ in 0..3 {
            input.read_line(&mut lines).unwrap();
            thread::yield_now();
        }
        drop(input);
        assert_eq!((lines.as_str(), other.join().unwrap().as_str()), ("1\n2\n3\n", "4\n"));
    });
}

#[test]
fn many_read_a_line_each() {
    let feed = Feed::Slowly(&[b"0\n1\n2\n", b"3\n4\n", b"5\n6\n7\n8\n9\n"]);
    reading(feed, || {
        let readers: Vec<_> = (0..10)
            .map(|_| {
                thread::spawn(|| {
                    let mut line = String::new();
                    io::stdin().read_line(&mut line).unwrap();
                    line.trim().parse::<usize>().unwrap()
                })
            })
            .collect();
        let mut read: Vec<_> = readers.into_iter().map(|reader| reader.join().unwrap()).collect();
        read.sort_unstable();
        assert!(read.into_iter().eq(0..10));
    });
}

#[test]
fn is_read_after_a_reader_panicked() {
    reading(Feed::Pipe(b"one\ntwo\n"), || {
        let reader = thread::spawn(|| {
            let mut input = io::stdin().lock();
            input.read_line(&mut String::new()).unwrap();
            panic!("expected");
        });
        assert!(reader.join().is_err());
        assert_eq!(io::read_to_string(io::stdin()).unwrap(), "two\n");
    });
}

#[test]
fn copies_to_standard_output() {
    let out = reading(Feed::Slowly(&[b"this ", b"and that"]), || {
        let n_copied = io::copy(&mut io::stdin().lock(), &mut io::stdout().lock()).unwrap();
        assert_eq!(n_copied, 13);
        io::stdout().flush().unwrap();
    });
    assert!(out.contains("this and that"), "{out}");
}

#[test]
fn is_a_descriptor() {
    reading(Feed::Pipe(b""), || {
        assert_eq!(io::stdin().as_raw_fd(), 0);
        assert_eq!(io::stdin().as_fd().as_raw_fd(), 0);
        assert_eq!(io::stdin().lock().as_raw_fd(), 0);
        assert_eq!(io::stdin().lock().as_fd().as_raw_fd(), 0);
    });
}

#[test]
fn its_descriptor_is_left_as_it_was() {
    reading(Feed::Slowly(&[b"a", b"b"]), || {
        assert_eq!(io::read_to_string(io::stdin()).unwrap(), "ab");
        assert!(!eventlet_tests::sys::is_nonblocking(&io::stdin()));
    });
}

#[test]
fn a_pipe_is_no_terminal() {
    reading(Feed::Pipe(b""), || {
        assert!(!io::stdin().is_terminal());
        assert!(!io::stdin().lock().is_terminal());
    });
}

#[test]
fn debugs_without_its_insides() {
    reading(Feed::Nothing, || {
        assert_eq!(format!("{:?}", io::stdin()), "Stdin { .. }");
        assert_eq!(format!("{:?}", io::stdin().lock()), "StdinLock { .. }");
    });
}

#[test]
fn may_be_sent_and_shared() {
    fn is_like_stds<T: Send + Sync + Unpin + std::panic::UnwindSafe + std::panic::RefUnwindSafe>() {
    }
    is_like_stds::<io::Stdin>();
}
