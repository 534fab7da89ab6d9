//! Reading and writing anywhere in a file.

use std::io::{self, IoSlice, IoSliceMut};

use crate::green::fs::File;

/// Reads and writes anywhere in a file, and leaves its position alone; std's
/// [`FileExt`](std::os::unix::fs::FileExt), for green files.
///
/// Several green threads can use one file at once in this way.
///
/// # Examples
///
/// ```
/// use eventlet::green::fs::File;
/// use eventlet::green::os::unix::fs::FileExt;
///
/// # let path = std::env::temp_dir().join(format!("eventlet-file-ext-{}", std::process::id()));
/// let file = File::create_new(&path)?;
/// file.write_all_at(b"world", 6)?;
/// file.write_all_at(b"hello ", 0)?;
/// let mut text = [0; 11];
/// file.read_exact_at(&mut text, 0)?;
/// assert_eq!(&text, b"hello world");
/// # std::fs::remove_file(&path)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait FileExt {
    /// Reads at `offset`, and returns how many bytes there were.
    ///
    /// # Errors
    ///
    /// Fails as a read does, and if the file has no places, like a FIFO.
    ///
    /// # Switching
    ///
    /// Switches as a read does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::File;
    /// use eventlet::green::os::unix::fs::FileExt;
    ///
    /// let mut name = [0; 7];
    /// assert_eq!(File::open("Cargo.toml")?.read_at(&mut name, 1)?, 7);
    /// assert_eq!(&name, b"package");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Reads at `offset` until the buffer is full.
    ///
    /// # Errors
    ///
    /// Fails as [`read_at`](FileExt::read_at) does, and with
    /// [`UnexpectedEof`](io::ErrorKind::UnexpectedEof) at the end of the file.
    ///
    /// # Switching
    ///
    /// Switches as a read does.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::ErrorKind;
    /// use eventlet::green::fs::File;
    /// use eventlet::green::os::unix::fs::FileExt;
    ///
    /// let error = File::open("Cargo.toml")?.read_exact_at(&mut [0; 1], 1 << 40).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::UnexpectedEof);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    fn read_exact_at(&self, mut buf: &mut [u8], mut offset: u64) -> io::Result<()> {
        while !buf.is_empty() {
            match self.read_at(buf, offset) {
                Ok(0) => {
                    let text = "failed to fill whole buffer";
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, text));
                }
                Ok(n_read) => {
                    buf = &mut buf[n_read..];
                    offset += n_read as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes at `offset`, and returns how many bytes were taken. What lies between the end of the
    /// file and `offset` is filled up with zeros.
    ///
    /// # Errors
    ///
    /// Fails as a write does, and if the file has no places, like a FIFO.
    ///
    /// # Switching
    ///
    /// Switches as a write does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::{self, File};
    /// use eventlet::green::os::unix::fs::FileExt;
    ///
    /// # let path = std::env::temp_dir().join(format!("eventlet-write-at-{}", std::process::id()));
    /// assert_eq!(File::create(&path)?.write_at(b"x", 2)?, 1);
    /// assert_eq!(fs::read(&path)?, b"\0\0x");
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize>;

    /// Writes the whole buffer at `offset`.
    ///
    /// # Errors
    ///
    /// Fails as [`write_at`](FileExt::write_at) does, and with
    /// [`WriteZero`](io::ErrorKind::WriteZero) if nothing more is taken.
    ///
    /// # Switching
    ///
    /// Switches as a write does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::{self, File};
    /// use eventlet::green::os::unix::fs::FileExt;
    ///
    /// # let path = std::env::temp_dir().join(format!("eventlet-write-all-at-{}", std::process::id()));
    /// File::create(&path)?.write_all_at(b"text", 0)?;
    /// assert_eq!(fs::read(&path)?, b"text");
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    fn write_all_at(&self, mut buf: &[u8], mut offset: u64) -> io::Result<()> {
        while !buf.is_empty() {
            match self.write_at(buf, offset) {
                Ok(0) => {
                    let text = "failed to write whole buffer";
                    return Err(io::Error::new(io::ErrorKind::WriteZero, text));
                }
                Ok(n_written) => {
                    buf = &buf[n_written..];
                    offset += n_written as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl FileExt for File {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.read_disk(&mut [IoSliceMut::new(buf)], Some(offset))
    }

    fn write_at(&self, buf: &[u8], offset: u64) -> io::Result<usize> {
        self.write_disk(&[IoSlice::new(buf)], Some(offset))
    }
}
