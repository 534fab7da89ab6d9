//! How a directory is to be made.

use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::{fmt, fs, io};

use super::pool::with_path;

/// How a directory is to be made; std's [`DirBuilder`](fs::DirBuilder), green.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs::{self, DirBuilder};
///
/// # let dir = std::env::temp_dir().join(format!("eventlet-builder-{}", std::process::id()));
/// DirBuilder::new().recursive(true).create(dir.join("a/b/c"))?;
/// assert!(fs::metadata(dir.join("a/b/c"))?.is_dir());
/// # std::fs::remove_dir_all(&dir)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct DirBuilder {
    recursive: bool,
    /// The permissions that it gets, short of what the process masks; std's default if there are none.
    mode: Option<u32>,
}

impl DirBuilder {
    /// A builder for one directory, not for its parents.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::DirBuilder;
    ///
    /// assert!(DirBuilder::new().create("src").is_err());
    /// ```
    #[allow(clippy::new_without_default, reason = "std has no `Default` here")]
    #[must_use]
    pub fn new() -> DirBuilder {
        DirBuilder { recursive: false, mode: None }
    }

    /// Whether parents that are missing are made, too. Then it is no error if the directory exists.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::DirBuilder;
    ///
    /// DirBuilder::new().recursive(true).create("src")?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn recursive(&mut self, recursive: bool) -> &mut Self {
        self.recursive = recursive;
        self
    }

    /// Makes a directory.
    ///
    /// # Errors
    ///
    /// Fails with [`AlreadyExists`](io::ErrorKind::AlreadyExists) or
    /// [`NotFound`](io::ErrorKind::NotFound) if it is not to make the parents, and as the system
    /// does.
    ///
    /// # Switching
    ///
    /// Switches until it is made.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::{self, DirBuilder};
    ///
    /// # let dir = std::env::temp_dir().join(format!("eventlet-make-{}", std::process::id()));
    /// DirBuilder::new().create(&dir)?;
    /// assert!(fs::exists(&dir)?);
    /// # std::fs::remove_dir(&dir)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn create<P: AsRef<Path>>(&self, path: P) -> io::Result<()> {
        let builder = self.to_std();
        with_path(path.as_ref(), move |path| builder.create(path))
    }

    fn to_std(&self) -> fs::DirBuilder {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(self.recursive);
        if let Some(mode) = self.mode {
            builder.mode(mode);
        }
        builder
    }

    pub(crate) fn set_mode(&mut self, mode: u32) {
        self.mode = Some(mode);
    }
}

impl fmt::Debug for DirBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_std().fmt(f)
    }
}
