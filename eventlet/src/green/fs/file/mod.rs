//! An open file.

mod buffer;
mod calls;
mod convert;
mod disk;
mod lock;
mod peer;
mod settings;
mod transfer;

use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::{fmt, fs};

use super::OpenOptions;
use super::medium::Medium;
use crate::tpool;
use calls::Calls;

/// An open file; std's [`File`](fs::File), green.
///
/// Reading, writing and seeking are in the implementations of [`Read`](io::Read),
/// [`Write`](io::Write) and [`Seek`](io::Seek), for the file and for a reference to it. Every call
/// goes through the system, so small ones are better made through a
/// [`BufReader`](io::BufReader) or a [`BufWriter`](io::BufWriter).
///
/// Dropping the last handle closes the file. This is done in place, on the hub's thread. It hardly
/// ever waits; where it may (some network file systems write on closing), call
/// [`sync_all`](File::sync_all) before, and nothing is left to be written.
///
/// What differs from std: `Read`, `Write` and `Seek` are not implemented for `Arc<File>`, since
/// only std can do that; read from `&*file` instead.
///
/// # Examples
///
/// ```
/// use std::io::{Read, Seek, Write};
/// use eventlet::green::fs::File;
///
/// # let dir = std::env::temp_dir().join(format!("eventlet-file-{}", std::process::id()));
/// # std::fs::create_dir(&dir)?;
/// let path = dir.join("greeting.txt");
/// let mut file = File::options().read(true).write(true).create(true).open(&path)?;
/// file.write_all(b"hello")?;
/// file.rewind()?;
///
/// let mut text = String::new();
/// file.read_to_string(&mut text)?;
/// assert_eq!(text, "hello");
/// # std::fs::remove_dir_all(&dir)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct File {
    /// Shared with the calls on the pool, which may outlive their callers.
    file: Arc<fs::File>,
    /// What kind of file it is, once someone had to know.
    medium: OnceLock<Medium>,
    /// The calls that use the file or a clone of it.
    calls: Calls,
}

impl File {
    /// Takes over a file of which nothing is known.
    pub(super) fn new(file: fs::File) -> Self {
        File { file: Arc::new(file), medium: OnceLock::new(), calls: Calls::default() }
    }

    /// Takes over a file that has been opened on the pool, where it can be looked at.
    pub(super) fn opened(file: fs::File) -> Self {
        let medium = Medium::of_file(&file).into();
        File { file: Arc::new(file), medium, calls: Calls::default() }
    }

    /// Calls `f` with the file on the pool.
    fn on_pool<R: Send + 'static>(&self, f: impl FnOnce(&fs::File) -> R + Send + 'static) -> R {
        let (file, under_way) = (self.file.clone(), self.calls.begin());
        tpool::off_hub(move || {
            // Both are dropped before the caller hears of the result.
            let (file, _under_way) = (file, under_way);
            f(&file)
        })
    }

    fn medium(&self) -> Medium {
        match self.medium.get() {
            Some(medium) => *medium,
            None => {
                let medium = self.on_pool(Medium::of_file);
                *self.medium.get_or_init(|| medium)
            }
        }
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    ///
    /// Fails with [`NotFound`](io::ErrorKind::NotFound) if there is none, and as
    /// [`OpenOptions::open`] does.
    ///
    /// # Switching
    ///
    /// Switches until the file is open.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::File;
    ///
    /// let file = File::open("Cargo.toml")?;
    /// assert!(file.metadata()?.len() > 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn open<P: AsRef<Path>>(path: P) -> io::Result<File> {
        OpenOptions::new().read(true).open(path)
    }

    /// Opens a file for writing: a new one, or one that exists, which is emptied.
    ///
    /// # Errors
    ///
    /// Fails as [`OpenOptions::open`] does.
    ///
    /// # Switching
    ///
    /// Switches until the file is open.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    /// use eventlet::green::fs::{self, File};
    ///
    /// # let dir = std::env::temp_dir().join(format!("eventlet-create-{}", std::process::id()));
    /// # std::fs::create_dir(&dir)?;
    /// let path = dir.join("new.txt");
    /// File::create(&path)?.write_all(b"a long text")?;
    /// File::create(&path)?.write_all(b"short")?;
    /// assert_eq!(fs::read(&path)?, b"short");
    /// # std::fs::remove_dir_all(&dir)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn create<P: AsRef<Path>>(path: P) -> io::Result<File> {
        OpenOptions::new().write(true).create(true).truncate(true).open(path)
    }

    /// Creates a file for reading and writing, which must not exist.
    ///
    /// # Errors
    ///
    /// Fails with [`AlreadyExists`](io::ErrorKind::AlreadyExists) if it does, and as
    /// [`OpenOptions::open`] does.
    ///
    /// # Switching
    ///
    /// Switches until the file is open.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use eventlet::green::fs::File;
    ///
    /// # let dir = std::env::temp_dir().join(format!("eventlet-create-new-{}", std::process::id()));
    /// # std::fs::create_dir(&dir)?;
    /// let path = dir.join("new.txt");
    /// File::create_new(&path)?;
    /// assert_eq!(File::create_new(&path).unwrap_err().kind(), ErrorKind::AlreadyExists);
    /// # std::fs::remove_dir_all(&dir)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn create_new<P: AsRef<Path>>(path: P) -> io::Result<File> {
        OpenOptions::new().read(true).write(true).create_new(true).open(path)
    }

    /// Options to open a file with, all of them off; the same as [`OpenOptions::new`].
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::File;
    ///
    /// let file = File::options().read(true).open("Cargo.toml")?;
    /// assert!(file.metadata()?.is_file());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    pub fn options() -> OpenOptions {
        OpenOptions::new()
    }

    /// Makes another handle of the same open file: both have one position.
    ///
    /// # Errors
    ///
    /// Fails if the process has no descriptor left.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::{Seek, SeekFrom};
    /// use eventlet::green::fs::File;
    ///
    /// let mut file = File::open("Cargo.toml")?;
    /// let mut clone = file.try_clone()?;
    /// clone.seek(SeekFrom::Start(5))?;
    /// assert_eq!(file.stream_position()?, 5);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn try_clone(&self) -> io::Result<File> {
        let file = Arc::new(self.file.try_clone()?);
        Ok(File { file, medium: self.medium.clone(), calls: self.calls.clone() })
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.file.fmt(f)
    }
}
