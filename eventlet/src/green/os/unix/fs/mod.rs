//! What Unix adds to files; [`std::os::unix::fs`], green.
//!
//! The traits for [`File`](crate::green::fs::File), [`OpenOptions`](crate::green::fs::OpenOptions),
//! [`DirBuilder`](crate::green::fs::DirBuilder) and [`DirEntry`](crate::green::fs::DirEntry) have std's
//! names and methods and are implemented for the green types. Those for what green code shares with
//! std are std's own.
//!
//! # Examples
//!
//! ```
//! use eventlet::green::fs::File;
//! use eventlet::green::os::unix::fs::{FileExt, MetadataExt};
//!
//! let file = File::open("Cargo.toml")?;
//! let mut last = [0; 1];
//! file.read_exact_at(&mut last, file.metadata()?.size() - 1)?;
//! assert_eq!(&last, b"\n");
//! # Ok::<(), std::io::Error>(())
//! ```

mod builders;
mod file;
mod owner;

pub use builders::{DirBuilderExt, DirEntryExt, OpenOptionsExt};
pub use file::FileExt;
pub use owner::{chown, chroot, fchown, lchown, symlink};

pub use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
