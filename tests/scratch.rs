//! Directories for tests to work in.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, process};

/// A new directory, which is removed with everything in it when this is dropped.
pub struct Scratch {
    dir: PathBuf,
}

impl Scratch {
    /// Makes the directory.
    #[allow(clippy::new_without_default, reason = "it does something")]
    pub fn new() -> Self {
        Scratch { dir: new_dir("test") }
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The path of something in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Writes a file in it, and returns its path.
    pub fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, contents).unwrap();
        path
    }

    /// Removes a file in it.
    pub fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    /// Makes a directory in it, and returns its path.
    pub fn subdir(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir(&path).unwrap();
        path
    }

    /// Makes a FIFO in it, and returns its path.
    pub fn fifo(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        super::sys::make_fifo(&path);
        path
    }
}

/// Makes a new directory with this in its name, in the one for such things.
pub fn new_dir(name: &str) -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    loop {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let dir = env::temp_dir().join(format!("eventlet-{name}-{}-{number}", process::id()));
        match fs::create_dir(&dir) {
            Ok(()) => return dir,
            // An earlier process with this number was ended before it removed its own.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => panic!("{dir:?} cannot be made: {error}"),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}
