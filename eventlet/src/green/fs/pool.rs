//! Calls that name files, on the native thread pool.

use std::io;
use std::path::{Path, PathBuf};

use super::medium::Medium;
use crate::tpool;

/// Calls `f` with the path on the pool.
pub(crate) fn with_path<T: Send + 'static>(
    path: &Path,
    f: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let path = path.to_path_buf();
    tpool::off_hub(move || f(&path))
}

/// Calls `f` with both paths on the pool.
pub(crate) fn with_paths<T: Send + 'static>(
    one: &Path,
    other: &Path,
    f: impl FnOnce(&Path, &Path) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let (one, other) = (one.to_path_buf(), other.to_path_buf());
    tpool::off_hub(move || f(&one, &other))
}

/// Calls `f`, which opens the files of these paths, on the pool. If one of them is a FIFO or a device,
/// that may wait for its other end for ever, so then `f` gets an OS thread of its own.
pub(super) fn opening<T: Send + 'static, const N: usize>(
    paths: [&Path; N],
    f: impl FnOnce(&[PathBuf; N]) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let paths = paths.map(Path::to_path_buf);
    let tried = tpool::off_hub(move || {
        if paths.iter().any(|path| Medium::of_path(path) == Medium::Peer) {
            Err((f, paths))
        } else {
            Ok(f(&paths))
        }
    });
    tried.unwrap_or_else(|(f, paths)| tpool::off_hub_apart(move || f(&paths)))
}
