//! The file of a Unix socket: for its owner only, in nobody's way, and gone at the end.

use std::fs::{self, File, Metadata, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

use crate::green::os::unix::net::{UnixListener, UnixStream};
use crate::timeout::with_timeout;

/// So long a listener may take to answer before it counts as alive, if busy.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often, and after which pauses, is tried if others do the same at the same time.
const TRIES: usize = 300;
const PAUSE: Duration = Duration::from_millis(10);

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
    let is_taken = |error: &io::Error| error.kind() == io::ErrorKind::AddrInUse;
    let listener = match UnixListener::bind(&path) {
        Err(error) if is_taken(&error) => {
            let _lock = lock_directory(&path)?;
            remove_stale(&path)?;
            UnixListener::bind(&path)
                .map_err(|error| if is_taken(&error) { is_in_use(&path) } else { error })?
        }
        bound => bound?,
    };
    secure(listener, path)
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

/// Of several that find the same stale socket, the second must not remove what the first has made
/// meanwhile: so they take turns. Where directories cannot be locked, nobody is kept out.
fn lock_directory(path: &Path) -> io::Result<Option<File>> {
    let Some(Ok(directory)) = path.parent().map(File::open) else { return Ok(None) };
    for _ in 0..TRIES {
        match directory.try_lock() {
            Ok(()) => return Ok(Some(directory)),
            Err(TryLockError::WouldBlock) => crate::sleep(PAUSE),
            Err(TryLockError::Error(_)) => return Ok(None),
        }
    }
    Err(is_in_use(path))
}

/// Removes a socket that nobody listens at, and nothing else.
fn remove_stale(path: &Path) -> io::Result<()> {
    let Some(found) = look(path)? else { return Ok(()) };
    if !found.file_type().is_socket() {
        let text = format!("{} is there and is no socket: it is left alone", path.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
    }
    if is_alive(path) {
        return Err(is_in_use(path));
    }
    // Others may have come meanwhile that take no turns.
    match look(path)? {
        Some(now) if is_same_socket(&now, &found) => fs::remove_file(path),
        _ => Ok(()),
    }
}

fn look(path: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        found => found.map(Some),
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
