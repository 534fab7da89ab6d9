//! Making and removing directories.

use std::fs;
use std::io;
use std::path::Path;

use super::DirBuilder;
use super::pool::with_path;

/// Makes a directory.
///
/// # Errors
///
/// Fails with [`AlreadyExists`](io::ErrorKind::AlreadyExists), with
/// [`NotFound`](io::ErrorKind::NotFound) if its parent is missing, and as the system does.
///
/// # Switching
///
/// Switches until it is made.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs;
///
/// # let dir = std::env::temp_dir().join(format!("eventlet-create-dir-{}", std::process::id()));
/// fs::create_dir(&dir)?;
/// assert!(fs::metadata(&dir)?.is_dir());
/// # std::fs::remove_dir(&dir)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn create_dir<P: AsRef<Path>>(path: P) -> io::Result<()> {
    DirBuilder::new().create(path)
}

/// Makes a directory and what is missing of its parents. If it exists, that is fine.
///
/// # Errors
///
/// Fails if something on the way is not a directory, and as the system does. What has been made by
/// then stays.
///
/// # Switching
///
/// Switches until they are made.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs;
///
/// # let dir = std::env::temp_dir().join(format!("eventlet-create-all-{}", std::process::id()));
/// fs::create_dir_all(dir.join("a/b/c"))?;
/// assert!(fs::exists(dir.join("a/b/c"))?);
/// # std::fs::remove_dir_all(&dir)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn create_dir_all<P: AsRef<Path>>(path: P) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(path)
}

/// Removes an empty directory.
///
/// # Errors
///
/// Fails with [`DirectoryNotEmpty`](io::ErrorKind::DirectoryNotEmpty),
/// [`NotFound`](io::ErrorKind::NotFound) or [`NotADirectory`](io::ErrorKind::NotADirectory), and as
/// the system does.
///
/// # Switching
///
/// Switches until it is done.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs;
///
/// # let dir = std::env::temp_dir().join(format!("eventlet-remove-dir-{}", std::process::id()));
/// fs::create_dir(&dir)?;
/// fs::remove_dir(&dir)?;
/// assert!(!fs::exists(&dir)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn remove_dir<P: AsRef<Path>>(path: P) -> io::Result<()> {
    with_path(path.as_ref(), |path| fs::remove_dir(path))
}

/// Removes a directory and everything in it. Symbolic links are removed and not followed.
///
/// It is one call on the pool, however much there is: if the caller is killed, it goes on.
///
/// # Errors
///
/// Fails as [`remove_dir`] and [`remove_file`](super::remove_file) do. What has been removed by then
/// is gone.
///
/// # Switching
///
/// Switches until it is done.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs;
///
/// # let dir = std::env::temp_dir().join(format!("eventlet-remove-all-{}", std::process::id()));
/// fs::create_dir_all(dir.join("a/b/c"))?;
/// fs::remove_dir_all(&dir)?;
/// assert!(!fs::exists(&dir)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn remove_dir_all<P: AsRef<Path>>(path: P) -> io::Result<()> {
    with_path(path.as_ref(), |path| fs::remove_dir_all(path))
}
