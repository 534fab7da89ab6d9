//! The file of a Unix socket: for its owner only, in nobody's way, and gone at the end.

use std::fs::{self, Metadata, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

use crate::green::os::unix::net::{UnixListener, UnixStream};
use crate::timeout::with_timeout;

/// So long a listener may take to answer before it counts as alive, if busy.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often is tried if others do the same at the same time.
const TRIES: usize = 3;

/// A socket file of our own, removed when this is dropped.
pub(super) struct SocketFile {
    path: PathBuf,
    /// The listener keeps the number from being used again.
    identity: (u64, u64),
    /// A forked child does not own it.
    process: u32,
}

impl SocketFile {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let is_ours = fs::symlink_metadata(&self.path)
            .is_ok_and(|found| (found.dev(), found.ino()) == self.identity);
        if is_ours && self.process == process::id() {
            // If it cannot be removed, the next one finds that nobody listens there.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// Listens at `path`, where the socket of an owner that is gone may lie.
pub(super) fn listen(path: &Path) -> io::Result<(UnixListener, SocketFile)> {
    let path = std::path::absolute(path)?;
    for _ in 0..TRIES {
        match UnixListener::bind(&path) {
            Ok(listener) => return secure(listener, path),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => remove_stale(&path)?,
            Err(error) => return Err(error),
        }
    }
    Err(is_in_use(&path))
}

/// Keeps everyone else out, those included who came before this.
fn secure(listener: UnixListener, path: PathBuf) -> io::Result<(UnixListener, SocketFile)> {
    let found = fs::symlink_metadata(&path)?;
    let identity = (found.dev(), found.ino());
    let file = SocketFile { path, identity, process: process::id() };
    fs::set_permissions(file.path(), Permissions::from_mode(0o600))?;
    listener.set_nonblocking(true)?;
    while listener.accept().is_ok() {}
    listener.set_nonblocking(false)?;
    Ok((listener, file))
}

/// Removes a socket that nobody listens at, and nothing else.
fn remove_stale(path: &Path) -> io::Result<()> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    if !found.file_type().is_socket() {
        let text = format!("{} is there and is no socket: it is left alone", path.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
    }
    if is_alive(path) {
        return Err(is_in_use(path));
    }
    // Someone else may have done the same meanwhile, and listen there now: so it is put aside, looked
    // at again, and put back if it is another one. Linking replaces nothing.
    let aside = aside(path)?;
    fs::rename(path, &aside)?;
    let is_same = fs::symlink_metadata(&aside).is_ok_and(|put| is_same_socket(&put, &found));
    if !is_same {
        fs::hard_link(&aside, path)?;
    }
    fs::remove_file(&aside)
}

/// A free name next to `path`.
fn aside(path: &Path) -> io::Result<PathBuf> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".stale-{}", process::id()));
    let aside = path.with_file_name(name);
    match fs::symlink_metadata(&aside) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(aside),
        _ => Err(is_in_use(path)),
    }
}

/// Whether nobody has made it anew: then it would have another time, if not another number.
fn is_same_socket(one: &Metadata, other: &Metadata) -> bool {
    let identity = |data: &Metadata| (data.dev(), data.ino(), data.mtime(), data.mtime_nsec());
    identity(one) == identity(other)
}

/// Whether somebody listens, or it cannot be told.
fn is_alive(path: &Path) -> bool {
    match with_timeout(PATIENCE, || UnixStream::connect(path)) {
        Ok(Err(error)) => error.kind() != io::ErrorKind::ConnectionRefused,
        Ok(Ok(_)) | Err(_) => true,
    }
}

fn is_in_use(path: &Path) -> io::Error {
    let text = format!("somebody listens at {} already", path.display());
    io::Error::new(io::ErrorKind::AddrInUse, text)
}
