//! Files for green threads, with the names of [`std::fs`].
//!
//! No file system says when a disk will have answered, so what may touch a disk is done by the
//! native threads of [`tpool`](crate::tpool), and only the caller waits. [`File`] and the functions
//! have the signatures, errors and defaults of std's; what never waits is std's own item.
//!
//! # What waits for what
//!
//! - There are [20 threads](crate::tpool::set_num_threads), so that many calls are under way at once. The others
//!   wait for their turn; more would not make a disk faster.
//! - What Linux has in memory is read in place, which is some ten times faster than asking another
//!   thread. A log that is read line by line through a [`BufReader`](std::io::BufReader) hardly
//!   ever leaves the hub.
//! - Nothing may keep the pool from going on. A FIFO, a terminal or another device waits for someone
//!   who may never come: it is opened on an OS thread of its own, and read and written when the
//!   hub sees that it is ready. Who waits for a [lock](File::lock) asks now and then.
//! - What is opened, read and written in one call ([`read`], [`write()`], [`copy`] and so on) is done
//!   by one native thread, which a FIFO or a device gets for itself.
//! - An OS thread that has no hub has nobody to hold up: there all is done in place, as by std. So it
//!   is, too, where no native thread can be started.
//!
//! `/proc/thread-self` is whatever thread does the reading.
//!
//! # Kills and timeouts
//!
//! A caller that is killed or times out is free at once. A call that has not begun is not made; one
//! that has goes on to its end and nobody hears of its result: a file that it opens is closed, what
//! it has read is lost while the file's position has moved, what it writes is written. A
//! [`File`] stays usable. The descriptor is closed when the last such call has ended.
//!
//! While the caller unwinds, calls are made in place, as by an ordinary thread; a
//! [`BufWriter`](std::io::BufWriter) of a green thread that is killed writes what it has.
//!
//! # What cannot be swapped
//!
//! The methods of [`Path`](std::path::Path) that ask the disk are std's own, and hold up the hub for
//! as long as that takes:
//!
//! | method | green |
//! |---|---|
//! | `path.exists()` | `fs::exists(path).unwrap_or(false)` |
//! | `path.try_exists()` | [`fs::exists(path)`](exists) |
//! | `path.is_file()`, `path.is_dir()` | `fs::metadata(path).is_ok_and(\|m\| m.is_file())` |
//! | `path.is_symlink()` | `fs::symlink_metadata(path).is_ok_and(\|m\| m.is_symlink())` |
//! | `path.metadata()`, `path.symlink_metadata()` | [`fs::metadata(path)`](metadata), [`fs::symlink_metadata(path)`](symlink_metadata) |
//! | `path.canonicalize()` | [`fs::canonicalize(path)`](canonicalize) |
//! | `path.read_dir()` | [`fs::read_dir(path)`](read_dir), whose type differs |
//! | `path.read_link()` | [`fs::read_link(path)`](read_link) |
//!
//! # Examples
//!
//! ```
//! use eventlet::green::fs::{self, File};
//! use std::io::{BufRead, BufReader};
//!
//! let manifest = eventlet::spawn(|| fs::read_to_string("Cargo.toml"));
//! let first = BufReader::new(File::open("Cargo.toml")?).lines().next().unwrap()?;
//! assert!(manifest.wait().unwrap()?.starts_with(&first));
//! # Ok::<(), std::io::Error>(())
//! ```

mod attributes;
mod dir_builder;
mod dir_entry;
mod dirs;
mod file;
mod medium;
mod names;
mod open_options;
pub(in crate::green) mod pool;
mod read_dir;
mod whole;

pub use attributes::{metadata, set_permissions, symlink_metadata};
pub use dir_builder::DirBuilder;
pub use dir_entry::DirEntry;
pub use dirs::{create_dir, create_dir_all, remove_dir, remove_dir_all};
pub use file::File;
#[allow(deprecated, reason = "so it is in std")]
pub use names::soft_link;
pub use names::{canonicalize, exists, hard_link, read_link, remove_file, rename};
pub use open_options::OpenOptions;
pub use read_dir::{ReadDir, read_dir};
pub use whole::{copy, read, read_to_string, write};

pub use std::fs::{FileTimes, FileType, Metadata, Permissions, TryLockError};
