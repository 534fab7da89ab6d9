//! Whole files: reading, writing and copying them in one call.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::File;
use super::pool::opening;

/// What is written is copied first, if there is not more of it.
const COPIED: usize = 1024 * 1024;

/// Reads a file.
///
/// # Errors
///
/// Fails as [`File::open`] does, and if the file cannot be read.
///
/// # Switching
///
/// Switches until everything is read.
///
/// # Examples
///
/// ```
/// let bytes = eventlet::green::fs::read("Cargo.toml")?;
/// assert!(bytes.starts_with(b"[package]"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read<P: AsRef<Path>>(path: P) -> io::Result<Vec<u8>> {
    opening([path.as_ref()], |[path]| fs::read(path))
}

/// Reads a file of text.
///
/// # Errors
///
/// Fails as [`read`] does, and with [`InvalidData`](io::ErrorKind::InvalidData) if it is not UTF-8.
///
/// # Switching
///
/// Switches until everything is read.
///
/// # Examples
///
/// ```
/// let text = eventlet::green::fs::read_to_string("Cargo.toml")?;
/// assert!(text.contains("eventlet"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read_to_string<P: AsRef<Path>>(path: P) -> io::Result<String> {
    opening([path.as_ref()], |[path]| fs::read_to_string(path))
}

/// Writes a file: a new one, or one that exists, whose contents are replaced.
///
/// A caller that is killed may leave a file that is there in part.
///
/// # Errors
///
/// Fails as [`File::create`] does, and if it cannot be written.
///
/// # Switching
///
/// Switches until everything is written.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs;
///
/// # let path = std::env::temp_dir().join(format!("eventlet-fs-write-{}", std::process::id()));
/// fs::write(&path, "some text")?;
/// assert_eq!(fs::read_to_string(&path)?, "some text");
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write<P: AsRef<Path>, C: AsRef<[u8]>>(path: P, contents: C) -> io::Result<()> {
    let contents = contents.as_ref();
    if contents.len() > COPIED {
        return File::create(path)?.write_all(contents);
    }
    let contents = contents.to_vec();
    opening([path.as_ref()], move |[path]| fs::write(path, contents))
}

/// Copies a file and its permissions to another one, whose contents are replaced; returns how many
/// bytes it has.
///
/// # Errors
///
/// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if `from` is not a file, and as opening,
/// reading and writing do.
///
/// # Switching
///
/// Switches until everything is copied.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs;
///
/// # let path = std::env::temp_dir().join(format!("eventlet-copy-{}", std::process::id()));
/// let n_bytes = fs::copy("Cargo.toml", &path)?;
/// assert_eq!(fs::metadata(&path)?.len(), n_bytes);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn copy<P: AsRef<Path>, Q: AsRef<Path>>(from: P, to: Q) -> io::Result<u64> {
    opening([from.as_ref(), to.as_ref()], |[from, to]| fs::copy(from, to))
}
