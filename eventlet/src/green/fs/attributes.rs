//! What is known of files.

use std::fs::{self, Metadata, Permissions};
use std::io;
use std::path::Path;

use super::pool::with_path;

/// What is known of a file or a directory: size, type, permissions, times. Symbolic links are
/// followed.
///
/// # Errors
///
/// Fails with [`NotFound`](io::ErrorKind::NotFound), and as the system does.
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
/// assert!(fs::metadata("src")?.is_dir());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn metadata<P: AsRef<Path>>(path: P) -> io::Result<Metadata> {
    with_path(path.as_ref(), |path| fs::metadata(path))
}

/// Like [`metadata`], but of a symbolic link it is what is known of the link itself.
///
/// # Errors
///
/// Fails as `metadata` does.
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
/// assert!(!fs::symlink_metadata("src")?.is_symlink());
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn symlink_metadata<P: AsRef<Path>>(path: P) -> io::Result<Metadata> {
    with_path(path.as_ref(), |path| fs::symlink_metadata(path))
}

/// Sets who may do what with a file or a directory.
///
/// # Errors
///
/// Fails with [`NotFound`](io::ErrorKind::NotFound), with
/// [`PermissionDenied`](io::ErrorKind::PermissionDenied) if it is not the user's, and as the system
/// does.
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
/// # let path = std::env::temp_dir().join(format!("eventlet-fs-perm-{}", std::process::id()));
/// fs::write(&path, "not to be changed")?;
/// let mut permissions = fs::metadata(&path)?.permissions();
/// permissions.set_readonly(true);
/// fs::set_permissions(&path, permissions)?;
/// assert!(fs::metadata(&path)?.permissions().readonly());
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn set_permissions<P: AsRef<Path>>(path: P, perm: Permissions) -> io::Result<()> {
    with_path(path.as_ref(), |path| fs::set_permissions(path, perm))
}
