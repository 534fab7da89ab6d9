//! Modes, flags and inode numbers.

use std::os::unix::fs::{DirEntryExt as _, OpenOptionsExt as _};

use crate::green::fs::{DirBuilder, DirEntry, OpenOptions};

/// What Unix adds to [`OpenOptions`]; std's
/// [`OpenOptionsExt`](std::os::unix::fs::OpenOptionsExt), for the green type.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs::OpenOptions;
/// use eventlet::green::os::unix::fs::{OpenOptionsExt, PermissionsExt};
///
/// # let path = std::env::temp_dir().join(format!("eventlet-mode-{}", std::process::id()));
/// let secret = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
/// assert_eq!(secret.metadata()?.permissions().mode() & 0o777, 0o600);
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait OpenOptionsExt {
    /// The permissions that a new file gets, short of what the process masks; 0o666 by default.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::OpenOptions;
    /// use eventlet::green::os::unix::fs::OpenOptionsExt;
    ///
    /// let mut options = OpenOptions::new();
    /// options.write(true).create(true).mode(0o600);
    /// ```
    fn mode(&mut self, mode: u32) -> &mut Self;

    /// More flags for the system's `open`. Those that say whether to read or write do not count.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use eventlet::green::fs::OpenOptions;
    /// use eventlet::green::os::unix::fs::OpenOptionsExt;
    ///
    /// let mut options = OpenOptions::new();
    /// options.read(true).custom_flags(libc::O_DIRECTORY);
    /// assert_eq!(options.open("Cargo.toml").unwrap_err().kind(), ErrorKind::NotADirectory);
    /// ```
    fn custom_flags(&mut self, flags: i32) -> &mut Self;
}

impl OpenOptionsExt for OpenOptions {
    fn mode(&mut self, mode: u32) -> &mut Self {
        self.std_mut().mode(mode);
        self
    }

    fn custom_flags(&mut self, flags: i32) -> &mut Self {
        self.std_mut().custom_flags(flags);
        self
    }
}

/// What Unix adds to [`DirBuilder`]; std's [`DirBuilderExt`](std::os::unix::fs::DirBuilderExt), for
/// the green type.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs::{self, DirBuilder};
/// use eventlet::green::os::unix::fs::{DirBuilderExt, PermissionsExt};
///
/// # let path = std::env::temp_dir().join(format!("eventlet-dir-mode-{}", std::process::id()));
/// DirBuilder::new().mode(0o700).create(&path)?;
/// assert_eq!(fs::metadata(&path)?.permissions().mode() & 0o777, 0o700);
/// # std::fs::remove_dir(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait DirBuilderExt {
    /// The permissions that a new directory gets, short of what the process masks; 0o777 by default.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::DirBuilder;
    /// use eventlet::green::os::unix::fs::DirBuilderExt;
    ///
    /// let mut builder = DirBuilder::new();
    /// builder.mode(0o700);
    /// ```
    fn mode(&mut self, mode: u32) -> &mut Self;
}

impl DirBuilderExt for DirBuilder {
    fn mode(&mut self, mode: u32) -> &mut Self {
        self.set_mode(mode);
        self
    }
}

/// What Unix adds to [`DirEntry`]; std's [`DirEntryExt`](std::os::unix::fs::DirEntryExt), for the
/// green type.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs;
/// use eventlet::green::os::unix::fs::{DirEntryExt, MetadataExt};
///
/// let entry = fs::read_dir("src")?.next().unwrap()?;
/// assert_eq!(entry.ino(), entry.metadata()?.ino());
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait DirEntryExt {
    /// The number of the file in its file system, as the directory has it.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::os::unix::fs::DirEntryExt;
    ///
    /// let entry = eventlet::green::fs::read_dir("src")?.next().unwrap()?;
    /// assert_ne!(entry.ino(), 0);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    fn ino(&self) -> u64;
}

impl DirEntryExt for DirEntry {
    fn ino(&self) -> u64 {
        self.std().ino()
    }
}
