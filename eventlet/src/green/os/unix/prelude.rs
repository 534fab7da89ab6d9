//! What Unix adds, to be imported with `*`; [`std::os::unix::prelude`], green.
//!
//! The traits of green types have std's names. Those of std's types that green ones stand in for are
//! here, too, without a name: a `*` brings the methods of both.
//!
//! # Examples
//!
//! ```
//! use eventlet::green::os::unix::prelude::*;
//!
//! let mut first = [0; 1];
//! eventlet::green::fs::File::open("Cargo.toml")?.read_exact_at(&mut first, 0)?;
//! std::fs::File::open("Cargo.toml")?.read_exact_at(&mut first, 0)?;
//! assert_eq!(&first, b"[");
//! # Ok::<(), std::io::Error>(())
//! ```

pub use super::ffi::{OsStrExt, OsStringExt};
pub use super::fs::{
    DirEntryExt, FileExt, FileTypeExt, MetadataExt, OpenOptionsExt, PermissionsExt,
};
pub use super::io::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
pub use super::process::{CommandExt, ExitStatusExt};

pub use std::os::unix::fs::{DirEntryExt as _, FileExt as _, OpenOptionsExt as _};
pub use std::os::unix::process::CommandExt as _;
