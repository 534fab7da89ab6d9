//! What of [`std::io`] does not wait by itself: traits, adapters, errors and the output streams.
//!
//! Adapters and functions such as [`BufReader`] and [`copy`] wait as the streams do that they are
//! given, so they are green with a green stream. Standard input and anonymous pipes wait for the
//! outside and are not here; they can be read in [`tpool`](crate::tpool).
//!
//! # Examples
//!
//! ```
//! use eventlet::green::io::{BufRead, BufReader, Write};
//! use eventlet::green::net::{TcpListener, TcpStream};
//!
//! let listener = TcpListener::bind("127.0.0.1:0")?;
//! let address = listener.local_addr()?;
//! let server = eventlet::spawn(move || listener.accept()?.0.write_all(b"one\ntwo\n"));
//! let lines = BufReader::new(TcpStream::connect(address)?).lines();
//! assert_eq!(lines.collect::<Result<Vec<_>, _>>()?, ["one", "two"]);
//! server.wait().unwrap()?;
//! # Ok::<(), std::io::Error>(())
//! ```

pub use std::io::prelude;

pub use std::io::{
    BufRead, BufReader, BufWriter, Bytes, Chain, Cursor, Empty, Error, ErrorKind, IntoInnerError,
    IoSlice, IoSliceMut, IsTerminal, LineWriter, Lines, Read, Repeat, Result, Seek, SeekFrom, Sink,
    Split, Take, Write, WriterPanicked, copy, empty, read_to_string, repeat, sink,
};

pub use std::io::{Stderr, StderrLock, Stdout, StdoutLock, stderr, stdout};
