//! Streams on which nothing comes, for calls that something else must end.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

/// A stream on which nothing comes, and its other end.
pub struct Silence {
    /// Where to read.
    pub stream: UnixStream,
    /// Where to write, to break the silence.
    pub other: UnixStream,
}

impl Silence {
    /// A pair of connected sockets.
    #[expect(clippy::new_without_default, reason = "there is nothing usual about it")]
    pub fn new() -> Self {
        let (stream, other) = UnixStream::pair().unwrap();
        Silence { stream, other }
    }

    /// Breaks the silence.
    pub fn write(&self, text: &str) {
        (&self.other).write_all(text.as_bytes()).unwrap();
    }

    /// Reads once.
    pub fn read(&self) -> io::Result<usize> {
        (&self.stream).read(&mut [0; 16])
    }

    /// Reads, which must fail; says with which error number.
    #[track_caller]
    pub fn read_error(&self) -> i32 {
        let error = self.read().unwrap_err();
        error.raw_os_error().unwrap_or_else(|| panic!("not the system's: {error}"))
    }
}
