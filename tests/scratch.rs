//! Directories for tests to work in.

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
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let dir = env::temp_dir().join(format!("eventlet-test-{}-{number}", process::id()));
        fs::create_dir(&dir).unwrap();
        Scratch { dir }
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

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}
