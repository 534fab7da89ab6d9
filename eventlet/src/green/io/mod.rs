//! [`std::io`], with a standard input and pipes that park instead of blocking.
//!
//! Traits, errors, adapters and functions such as [`BufReader`] and [`copy`] are std's own: they wait
//! as the streams do that they are given, so they are green with a green stream. So are the output
//! streams, which programs expect to take what they are given.
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

mod pipe;
mod stdin;
mod terminal;

pub use pipe::{PipeReader, PipeWriter, pipe};
pub use stdin::{Stdin, StdinLock, stdin};
pub use terminal::IsTerminal;

pub use std::io::prelude;

pub use std::io::{
    BufRead, BufReader, BufWriter, Bytes, Chain, Cursor, Empty, Error, ErrorKind, IntoInnerError,
    IoSlice, IoSliceMut, LineWriter, Lines, Read, Repeat, Result, Seek, SeekFrom, Sink, Split,
    Take, Write, WriterPanicked, copy, empty, read_to_string, repeat, sink,
};

pub use std::io::{Stderr, StderrLock, Stdout, StdoutLock, stderr, stdout};
