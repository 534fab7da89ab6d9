//! The entries of a directory.

use std::fs;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fmt, io, mem, vec};

use super::DirEntry;
use super::pool::with_path;
use crate::oslock::{Mutex, MutexGuard};
use crate::tpool;

/// So many entries are read at a time: one way to the pool serves them all.
const BATCH: usize = 128;

/// Goes through the entries of a directory; std's [`ReadDir`](fs::ReadDir), green.
///
/// It reads 128 entries ahead. What becomes of the directory meanwhile may be seen or not, as with
/// std.
///
/// # Examples
///
/// ```
/// let mut entries = eventlet::green::fs::read_dir(".")?;
/// let is_manifest = |entry: std::io::Result<eventlet::green::fs::DirEntry>| {
///     entry.is_ok_and(|entry| entry.file_name() == "Cargo.toml")
/// };
/// assert!(entries.any(is_manifest));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct ReadDir {
    /// For `Debug`, which in std shows nothing else.
    path: PathBuf,
    /// Entries that have been read, and are next.
    batch: vec::IntoIter<io::Result<DirEntry>>,
    /// There are no more than those.
    is_over: bool,
    /// Where the next ones come from; shared with the pool.
    source: Arc<Mutex<Source>>,
}

/// A directory, as far as it has been read.
struct Source {
    entries: fs::ReadDir,
    /// Read, and not taken yet: the caller may be killed while they are read.
    batch: Vec<io::Result<DirEntry>>,
    is_at_end: bool,
}

/// Reads the entries of a directory, in no particular order, and without `.` and `..`.
///
/// # Errors
///
/// Fails with [`NotFound`](io::ErrorKind::NotFound) or
/// [`NotADirectory`](io::ErrorKind::NotADirectory), and as the system does. Each entry may fail, too.
///
/// # Switching
///
/// Switches until the first entries have been read.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs;
///
/// for entry in fs::read_dir("src")? {
///     let entry = entry?;
///     println!("{} {:?}", entry.path().display(), entry.file_type()?);
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read_dir<P: AsRef<Path>>(path: P) -> io::Result<ReadDir> {
    with_path(path.as_ref(), |path| {
        let entries = fs::read_dir(path)?;
        let mut source = Source { entries, batch: Vec::new(), is_at_end: false };
        source.read();
        Ok(ReadDir {
            path: path.to_path_buf(),
            batch: source.take(),
            is_over: source.is_at_end,
            source: Arc::new(Mutex::new(source)),
        })
    })
}

impl Source {
    /// Reads a batch, unless one waits to be taken, or there are no more.
    fn read(&mut self) {
        while self.batch.len() < BATCH && !self.is_at_end {
            match self.entries.next() {
                Some(entry) => self.batch.push(entry.map(DirEntry::new)),
                None => self.is_at_end = true,
            }
        }
    }

    fn take(&mut self) -> vec::IntoIter<io::Result<DirEntry>> {
        mem::take(&mut self.batch).into_iter()
    }
}

fn lock(source: &Mutex<Source>) -> MutexGuard<'_, Source> {
    source.lock()
}

/// Getting an entry switches if the next ones have to be read.
impl Iterator for ReadDir {
    type Item = io::Result<DirEntry>;

    fn next(&mut self) -> Option<io::Result<DirEntry>> {
        if self.batch.len() == 0 && !self.is_over {
            let source = self.source.clone();
            tpool::off_hub(move || lock(&source).read());
            // No other call reads while there is something to be taken, so nobody keeps this lock.
            let mut source = lock(&self.source);
            self.batch = source.take();
            self.is_over = source.is_at_end;
        }
        self.batch.next()
    }
}

/// As std's is, whatever the errors carry that have been read ahead.
impl UnwindSafe for ReadDir {}
impl RefUnwindSafe for ReadDir {}

impl fmt::Debug for ReadDir {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReadDir").field(&self.path).finish()
    }
}
