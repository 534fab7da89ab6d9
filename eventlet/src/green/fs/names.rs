//! Names: giving them to files, changing, following and removing them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::pool::{with_path, with_paths};

/// Gives a file or a directory another name, in the same file system. What has that name is
/// replaced.
///
/// # Errors
///
/// Fails with [`NotFound`](io::ErrorKind::NotFound) if there is no `from`, with
/// [`CrossesDevices`](io::ErrorKind::CrossesDevices) if `to` is in another file system, and as the
/// system does.
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
/// # let dir = std::env::temp_dir().join(format!("eventlet-rename-{}", std::process::id()));
/// # std::fs::create_dir(&dir)?;
/// fs::write(dir.join("draft"), "text")?;
/// fs::rename(dir.join("draft"), dir.join("final"))?;
/// assert!(!fs::exists(dir.join("draft"))?);
/// # std::fs::remove_dir_all(&dir)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn rename<P: AsRef<Path>, Q: AsRef<Path>>(from: P, to: Q) -> io::Result<()> {
    with_paths(from.as_ref(), to.as_ref(), |from, to| fs::rename(from, to))
}

/// Removes a file, or a symbolic link. Whoever has it open keeps it until it is closed.
///
/// # Errors
///
/// Fails with [`NotFound`](io::ErrorKind::NotFound), with
/// [`IsADirectory`](io::ErrorKind::IsADirectory) on Linux if it is one, and as the system does.
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
/// # let path = std::env::temp_dir().join(format!("eventlet-remove-{}", std::process::id()));
/// fs::write(&path, "text")?;
/// fs::remove_file(&path)?;
/// assert!(!fs::exists(&path)?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn remove_file<P: AsRef<Path>>(path: P) -> io::Result<()> {
    with_path(path.as_ref(), |path| fs::remove_file(path))
}

/// Gives a file a second name, in the same file system.
///
/// # Errors
///
/// Fails with [`NotFound`](io::ErrorKind::NotFound) if there is no `original`, with
/// [`AlreadyExists`](io::ErrorKind::AlreadyExists) if there is a `link`, and as the system does.
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
/// # let dir = std::env::temp_dir().join(format!("eventlet-hard-link-{}", std::process::id()));
/// # std::fs::create_dir(&dir)?;
/// fs::write(dir.join("one"), "text")?;
/// fs::hard_link(dir.join("one"), dir.join("other"))?;
/// fs::remove_file(dir.join("one"))?;
/// assert_eq!(fs::read_to_string(dir.join("other"))?, "text");
/// # std::fs::remove_dir_all(&dir)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn hard_link<P: AsRef<Path>, Q: AsRef<Path>>(original: P, link: Q) -> io::Result<()> {
    with_paths(original.as_ref(), link.as_ref(), |original, link| fs::hard_link(original, link))
}

/// Makes a symbolic link. Use [`symlink`](crate::green::os::unix::fs::symlink), as with std.
///
/// # Errors
///
/// Fails as `symlink` does.
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
/// # let path = std::env::temp_dir().join(format!("eventlet-soft-link-{}", std::process::id()));
/// #[allow(deprecated)]
/// fs::soft_link("anywhere", &path)?;
/// assert_eq!(fs::read_link(&path)?.to_str(), Some("anywhere"));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[deprecated = "use `os::unix::fs::symlink`, which says what kind of link it makes"]
pub fn soft_link<P: AsRef<Path>, Q: AsRef<Path>>(original: P, link: Q) -> io::Result<()> {
    #[allow(deprecated, reason = "so is this one")]
    with_paths(original.as_ref(), link.as_ref(), |original, link| fs::soft_link(original, link))
}

/// What a symbolic link says.
///
/// # Errors
///
/// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if it is not one, with
/// [`NotFound`](io::ErrorKind::NotFound), and as the system does.
///
/// # Switching
///
/// Switches until it is read.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs;
/// use eventlet::green::os::unix::fs::symlink;
///
/// # let path = std::env::temp_dir().join(format!("eventlet-read-link-{}", std::process::id()));
/// symlink("anywhere", &path)?;
/// assert_eq!(fs::read_link(&path)?.to_str(), Some("anywhere"));
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read_link<P: AsRef<Path>>(path: P) -> io::Result<PathBuf> {
    with_path(path.as_ref(), |path| fs::read_link(path))
}

/// The full path of what exists, without `.`, `..` and symbolic links.
///
/// # Errors
///
/// Fails with [`NotFound`](io::ErrorKind::NotFound) or
/// [`NotADirectory`](io::ErrorKind::NotADirectory), and as the system does.
///
/// # Switching
///
/// Switches until it is found.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs;
///
/// let path = fs::canonicalize("src/../Cargo.toml")?;
/// assert!(path.is_absolute() && path.ends_with("Cargo.toml"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn canonicalize<P: AsRef<Path>>(path: P) -> io::Result<PathBuf> {
    with_path(path.as_ref(), |path| fs::canonicalize(path))
}

/// Whether there is something of that name. A symbolic link counts if it leads to something.
///
/// # Errors
///
/// Fails if nobody can say, for example because a directory on the way may not be searched.
///
/// # Switching
///
/// Switches until it is known.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs;
///
/// assert!(fs::exists("Cargo.toml")?);
/// assert!(!fs::exists("no such file")?);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn exists<P: AsRef<Path>>(path: P) -> io::Result<bool> {
    with_path(path.as_ref(), |path| fs::exists(path))
}
