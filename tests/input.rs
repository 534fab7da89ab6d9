//! Tests of standard input: the body runs in a process of its own, with something to read.

use std::fs::{File, OpenOptions};
use std::io::{Seek, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use super::child::Child;
use super::{sys, test_name};

/// What there is to be read.
pub enum Feed {
    /// A pipe that holds this and is closed.
    Pipe(&'static [u8]),
    /// A pipe to which each piece is written a little later than the one before.
    Slowly(&'static [&'static [u8]]),
    /// A socket that has this and is closed.
    Socket(&'static [u8]),
    /// A file with this in it.
    File(&'static [u8]),
    /// A terminal where someone has typed this, and then that it was all.
    Terminal(&'static [u8]),
    /// `/dev/null`.
    Nothing,
    /// No descriptor at all.
    Closed,
}

impl Feed {
    /// What the child is given as its standard input.
    fn open(&self) -> Stdio {
        match self {
            Feed::Pipe(bytes) => piped(vec![bytes]),
            Feed::Slowly(pieces) => piped(pieces.to_vec()),
            Feed::Socket(bytes) => {
                let (ours, theirs) = UnixStream::pair().expect("two sockets");
                (&ours).write_all(bytes).expect("there is room");
                ours.shutdown(Shutdown::Write).expect("it is connected");
                OwnedFd::from(theirs).into()
            }
            Feed::File(bytes) => {
                let mut file = nameless_file();
                file.write_all(bytes).and_then(|()| file.rewind()).expect("the file is ours");
                file.into()
            }
            Feed::Terminal(bytes) => {
                const END: u8 = 4;
                let (mut typist, program) = sys::terminal();
                typist
                    .write_all(bytes)
                    .and_then(|()| typist.write_all(&[END]))
                    .expect("it listens");
                // The terminal is there for as long as someone sits in front of it.
                std::mem::forget(typist);
                program.into()
            }
            Feed::Nothing | Feed::Closed => Stdio::null(),
        }
    }
}

/// A pipe to which a thread writes `pieces`, one after the other.
fn piped(pieces: Vec<&'static [u8]>) -> Stdio {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    thread::spawn(move || {
        for (n, piece) in pieces.into_iter().enumerate() {
            if n > 0 {
                thread::sleep(Duration::from_millis(30));
            }
            // The child may have seen enough.
            let _ = writer.write_all(piece);
        }
    });
    reader.into()
}

fn nameless_file() -> File {
    let mut options = OpenOptions::new();
    let options = options.read(true).write(true).custom_flags(libc::O_TMPFILE);
    options.open(std::env::temp_dir()).expect("a file in the directory for such files")
}

/// Runs `body` in a process that can read `feed`, which must succeed; returns what it printed.
pub fn reading(feed: Feed, body: impl FnOnce()) -> String {
    let name = test_name(&body);
    let is_closed = matches!(feed, Feed::Closed);
    let body = || {
        if is_closed {
            sys::close_stdin();
        }
        body();
    };
    let ended = Child::new().stdin(move || feed.open()).run_test(name, body);
    ended.expect_success().stdout.clone()
}
