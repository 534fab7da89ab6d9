//! One entry of a directory.

use std::ffi::OsString;
use std::fs::{self, FileType, Metadata};
use std::path::PathBuf;
use std::sync::Arc;
use std::{fmt, io};

use crate::tpool;

/// One entry of a directory; std's [`DirEntry`](fs::DirEntry), green.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs;
///
/// let entries: Result<Vec<_>, _> = fs::read_dir(".")?.collect();
/// let manifest = entries?.into_iter().find(|entry| entry.file_name() == "Cargo.toml").unwrap();
/// assert!(manifest.file_type()?.is_file());
/// assert!(manifest.metadata()?.len() > 0);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct DirEntry {
    /// Shared with calls on the pool.
    entry: Arc<fs::DirEntry>,
    /// Most directories say it, and then nobody has to look at the file.
    file_type: Option<FileType>,
}

impl DirEntry {
    /// Takes over an entry; may wait for the disk.
    pub(super) fn new(entry: fs::DirEntry) -> Self {
        let file_type = entry.file_type().ok();
        DirEntry { entry: Arc::new(entry), file_type }
    }

    /// The path of the directory, as it was given to [`read_dir`](super::read_dir), and the name
    /// of the entry.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let entry = eventlet::green::fs::read_dir("src")?.next().unwrap()?;
    /// assert!(entry.path().starts_with("src"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.entry.path()
    }

    /// What is known of the entry. Of a symbolic link it is what is known of the link itself.
    ///
    /// # Errors
    ///
    /// Fails if the entry is gone, and as the system does.
    ///
    /// # Switching
    ///
    /// Switches until it is known.
    ///
    /// # Examples
    ///
    /// ```
    /// let entry = eventlet::green::fs::read_dir("src")?.next().unwrap()?;
    /// assert!(entry.metadata()?.modified().is_ok());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn metadata(&self) -> io::Result<Metadata> {
        let entry = self.entry.clone();
        tpool::off_hub(move || entry.metadata())
    }

    /// Whether the entry is a file, a directory, a symbolic link or something else.
    ///
    /// # Errors
    ///
    /// Fails if the directory does not say, and the entry is gone.
    ///
    /// # Switching
    ///
    /// Never switches, unless it could not be found out with the entry.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut entries = eventlet::green::fs::read_dir("src")?;
    /// let entry = entries.find(|entry| entry.as_ref().is_ok_and(|e| e.file_name() == "lib.rs"));
    /// assert!(entry.unwrap()?.file_type()?.is_file());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn file_type(&self) -> io::Result<FileType> {
        match self.file_type {
            Some(file_type) => Ok(file_type),
            None => {
                let entry = self.entry.clone();
                tpool::off_hub(move || entry.file_type())
            }
        }
    }

    /// The name of the entry, without the path of the directory.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let entry = eventlet::green::fs::read_dir("src")?.next().unwrap()?;
    /// assert_eq!(entry.path().file_name(), Some(entry.file_name().as_os_str()));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn file_name(&self) -> OsString {
        self.entry.file_name()
    }

    pub(crate) fn std(&self) -> &fs::DirEntry {
        &self.entry
    }
}

impl fmt::Debug for DirEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entry.fmt(f)
    }
}
