//! Owners, symbolic links, and the root directory.

use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs;
use std::path::Path;

use crate::green::fs::pool::{with_path, with_paths};
use crate::tpool;

/// Makes a symbolic link that says `original`, whether there is such a thing or not.
///
/// # Errors
///
/// Fails with [`AlreadyExists`](io::ErrorKind::AlreadyExists), and as the system does.
///
/// # Switching
///
/// Switches until it is made.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs;
/// use eventlet::green::os::unix::fs::symlink;
///
/// # let path = std::env::temp_dir().join(format!("eventlet-symlink-{}", std::process::id()));
/// symlink(fs::canonicalize("Cargo.toml")?, &path)?;
/// assert!(fs::symlink_metadata(&path)?.is_symlink());
/// assert!(fs::metadata(&path)?.is_file());
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn symlink<P: AsRef<Path>, Q: AsRef<Path>>(original: P, link: Q) -> io::Result<()> {
    with_paths(original.as_ref(), link.as_ref(), |original, link| fs::symlink(original, link))
}

/// Changes who owns a file or a directory; `None` leaves user or group as they are. Symbolic links
/// are followed.
///
/// # Errors
///
/// Fails with [`PermissionDenied`](io::ErrorKind::PermissionDenied) for most users, and as the
/// system does.
///
/// # Switching
///
/// Switches until it is done.
///
/// # Examples
///
/// ```
/// use std::io::ErrorKind;
/// use eventlet::green::os::unix::fs::chown;
///
/// assert_eq!(chown("no such file", None, None).unwrap_err().kind(), ErrorKind::NotFound);
/// ```
pub fn chown<P: AsRef<Path>>(dir: P, uid: Option<u32>, gid: Option<u32>) -> io::Result<()> {
    with_path(dir.as_ref(), move |path| fs::chown(path, uid, gid))
}

/// Like [`chown`], for a file that is open. It uses a duplicate of the descriptor.
///
/// # Errors
///
/// Fails as `chown` does, and if the process has no descriptor left.
///
/// # Switching
///
/// Switches until it is done.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs::File;
/// use eventlet::green::os::unix::fs::fchown;
///
/// # let path = std::env::temp_dir().join(format!("eventlet-fchown-{}", std::process::id()));
/// let file = File::create(&path)?;
/// fchown(&file, None, None)?;
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn fchown<F: AsFd>(fd: F, uid: Option<u32>, gid: Option<u32>) -> io::Result<()> {
    let fd = fd.as_fd().try_clone_to_owned()?;
    tpool::off_hub(move || fs::fchown(fd, uid, gid))
}

/// Like [`chown`], but of a symbolic link it changes the link itself.
///
/// # Errors
///
/// Fails as `chown` does.
///
/// # Switching
///
/// Switches until it is done.
///
/// # Examples
///
/// ```
/// use std::io::ErrorKind;
/// use eventlet::green::os::unix::fs::lchown;
///
/// assert_eq!(lchown("no such file", None, None).unwrap_err().kind(), ErrorKind::NotFound);
/// ```
pub fn lchown<P: AsRef<Path>>(dir: P, uid: Option<u32>, gid: Option<u32>) -> io::Result<()> {
    with_path(dir.as_ref(), move |path| fs::lchown(path, uid, gid))
}

/// Makes a directory the root of all paths, for the whole process.
///
/// # Errors
///
/// Fails with [`PermissionDenied`](io::ErrorKind::PermissionDenied) for most users, and as the
/// system does.
///
/// # Switching
///
/// Switches until it is done.
///
/// # Examples
///
/// ```
/// use std::io::ErrorKind;
/// use eventlet::green::os::unix::fs::chroot;
///
/// assert_eq!(chroot("no such directory").unwrap_err().kind(), ErrorKind::NotFound);
/// ```
pub fn chroot<P: AsRef<Path>>(dir: P) -> io::Result<()> {
    with_path(dir.as_ref(), |path| fs::chroot(path))
}
