//! How a file is to be opened.

use std::io;
use std::path::Path;
use std::{fmt, fs};

use super::File;
use super::pool::opening;

/// How a file is to be opened; std's [`OpenOptions`](fs::OpenOptions), green.
///
/// # Examples
///
/// ```
/// use std::io::Write;
/// use eventlet::green::fs::{self, OpenOptions};
///
/// # let path = std::env::temp_dir().join(format!("eventlet-options-{}", std::process::id()));
/// for line in ["one\n", "two\n"] {
///     let mut log = OpenOptions::new().append(true).create(true).open(&path)?;
///     log.write_all(line.as_bytes())?;
/// }
/// assert_eq!(fs::read_to_string(&path)?, "one\ntwo\n");
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct OpenOptions {
    options: fs::OpenOptions,
}

/// Setters that pass on to std's of the same names.
macro_rules! setters {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        pub fn $name(&mut self, $name: bool) -> &mut Self {
            self.options.$name($name);
            self
        }
    )+};
}

impl OpenOptions {
    /// Options that are all off.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::OpenOptions;
    ///
    /// let file = OpenOptions::new().read(true).open("Cargo.toml")?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[allow(clippy::new_without_default, reason = "std has no `Default` here")]
    #[must_use]
    pub fn new() -> Self {
        OpenOptions { options: fs::OpenOptions::new() }
    }

    setters! {
        /// Whether the file can be read.
        ///
        /// # Examples
        ///
        /// ```
        /// use std::io::Read;
        /// use eventlet::green::fs::OpenOptions;
        ///
        /// let mut file = OpenOptions::new().read(true).open("Cargo.toml")?;
        /// assert_eq!(file.read(&mut [0; 5])?, 5);
        /// # Ok::<(), std::io::Error>(())
        /// ```
        read;
        /// Whether the file can be written. What it has is overwritten, and not cut off.
        ///
        /// # Examples
        ///
        /// ```
        /// use std::io::Write;
        /// use eventlet::green::fs::{self, OpenOptions};
        ///
        /// # let path = std::env::temp_dir().join(format!("eventlet-write-{}", std::process::id()));
        /// fs::write(&path, "hello")?;
        /// OpenOptions::new().write(true).open(&path)?.write_all(b"J")?;
        /// assert_eq!(fs::read(&path)?, b"Jello");
        /// # std::fs::remove_file(&path)?;
        /// # Ok::<(), std::io::Error>(())
        /// ```
        write;
        /// Whether everything is written at the end of the file, wherever that is by then.
        ///
        /// # Examples
        ///
        /// ```
        /// use std::io::Write;
        /// use eventlet::green::fs::{self, OpenOptions};
        ///
        /// # let path = std::env::temp_dir().join(format!("eventlet-append-{}", std::process::id()));
        /// fs::write(&path, "hello")?;
        /// OpenOptions::new().append(true).open(&path)?.write_all(b"!")?;
        /// assert_eq!(fs::read(&path)?, b"hello!");
        /// # std::fs::remove_file(&path)?;
        /// # Ok::<(), std::io::Error>(())
        /// ```
        append;
        /// Whether the file is emptied; it has to be open for writing.
        ///
        /// # Examples
        ///
        /// ```
        /// use eventlet::green::fs::{self, OpenOptions};
        ///
        /// # let path = std::env::temp_dir().join(format!("eventlet-truncate-{}", std::process::id()));
        /// fs::write(&path, "hello")?;
        /// OpenOptions::new().write(true).truncate(true).open(&path)?;
        /// assert_eq!(fs::metadata(&path)?.len(), 0);
        /// # std::fs::remove_file(&path)?;
        /// # Ok::<(), std::io::Error>(())
        /// ```
        truncate;
        /// Whether the file is created if there is none; it has to be open for writing.
        ///
        /// # Examples
        ///
        /// ```
        /// use eventlet::green::fs::{self, OpenOptions};
        ///
        /// # let path = std::env::temp_dir().join(format!("eventlet-create-{}", std::process::id()));
        /// OpenOptions::new().append(true).create(true).open(&path)?;
        /// assert!(fs::exists(&path)?);
        /// # std::fs::remove_file(&path)?;
        /// # Ok::<(), std::io::Error>(())
        /// ```
        create;
        /// Whether the file must be a new one; then `create` and `truncate` do not count.
        ///
        /// # Examples
        ///
        /// ```
        /// use eventlet::green::fs::OpenOptions;
        ///
        /// # let path = std::env::temp_dir().join(format!("eventlet-new-{}", std::process::id()));
        /// let mut options = OpenOptions::new();
        /// options.write(true).create_new(true);
        /// assert!(options.open(&path).is_ok());
        /// assert!(options.open(&path).is_err());
        /// # std::fs::remove_file(&path)?;
        /// # Ok::<(), std::io::Error>(())
        /// ```
        create_new;
    }

    /// Opens a file.
    ///
    /// A FIFO is opened when someone opens its other end, as always. Whoever waits for that does so
    /// on an OS thread of its own, which stays if the caller is killed, until someone comes.
    ///
    /// # Errors
    ///
    /// Fails with [`InvalidInput`](io::ErrorKind::InvalidInput) if the options contradict each
    /// other, with [`NotFound`](io::ErrorKind::NotFound),
    /// [`AlreadyExists`](io::ErrorKind::AlreadyExists) and
    /// [`PermissionDenied`](io::ErrorKind::PermissionDenied), and as the system does.
    ///
    /// # Switching
    ///
    /// Switches until the file is open.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use eventlet::green::fs::OpenOptions;
    ///
    /// let file = OpenOptions::new().read(true).open("Cargo.toml")?;
    /// let error = OpenOptions::new().open("Cargo.toml").unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::InvalidInput);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn open<P: AsRef<Path>>(&self, path: P) -> io::Result<File> {
        let options = self.options.clone();
        opening([path.as_ref()], move |[path]| options.open(path).map(File::opened))
    }

    pub(crate) fn std_mut(&mut self) -> &mut fs::OpenOptions {
        &mut self.options
    }
}

impl fmt::Debug for OpenOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.options.fmt(f)
    }
}
