//! What is known of a file and can be set: length, permissions, times; writing it out.

use std::fs::{FileTimes, Metadata, Permissions};
use std::io;
use std::time::SystemTime;

use super::File;

impl File {
    /// Waits until all that was written, and what is known of the file, is on the disk.
    ///
    /// Dropping a file ignores errors; this is where they are reported.
    ///
    /// # Errors
    ///
    /// Fails if it could not be written.
    ///
    /// # Switching
    ///
    /// Switches until it is.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    /// use eventlet::green::fs::File;
    ///
    /// # let path = std::env::temp_dir().join(format!("eventlet-sync-all-{}", std::process::id()));
    /// let mut file = File::create(&path)?;
    /// file.write_all(b"not to be lost")?;
    /// file.sync_all()?;
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn sync_all(&self) -> io::Result<()> {
        self.on_pool(|file| file.sync_all())
    }

    /// Like [`sync_all`](File::sync_all), without what nobody needs to read the data, such as the
    /// time of the last change.
    ///
    /// # Errors
    ///
    /// Fails if it could not be written.
    ///
    /// # Switching
    ///
    /// Switches until it is.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::io::Write;
    /// use eventlet::green::fs::File;
    ///
    /// # let path = std::env::temp_dir().join(format!("eventlet-sync-data-{}", std::process::id()));
    /// let mut file = File::create(&path)?;
    /// file.write_all(b"not to be lost")?;
    /// file.sync_data()?;
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn sync_data(&self) -> io::Result<()> {
        self.on_pool(|file| file.sync_data())
    }

    /// Cuts the file off, or fills it up with zeros, so that it has `size` bytes. Its position
    /// stays where it is.
    ///
    /// # Errors
    ///
    /// Fails if the file is not open for writing, and with
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) if there can be no file of that size.
    ///
    /// # Switching
    ///
    /// Switches until it is done.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::{self, File};
    ///
    /// # let path = std::env::temp_dir().join(format!("eventlet-set-len-{}", std::process::id()));
    /// let file = File::create(&path)?;
    /// file.set_len(3)?;
    /// assert_eq!(fs::read(&path)?, [0, 0, 0]);
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_len(&self, size: u64) -> io::Result<()> {
        self.on_pool(move |file| file.set_len(size))
    }

    /// What is known of the file: size, type, permissions, times.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Switches until it is known.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::File;
    ///
    /// let metadata = File::open("Cargo.toml")?.metadata()?;
    /// assert!(metadata.is_file());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn metadata(&self) -> io::Result<Metadata> {
        self.on_pool(|file| file.metadata())
    }

    /// Sets who may do what with the file.
    ///
    /// # Errors
    ///
    /// Fails if the user may not do that.
    ///
    /// # Switching
    ///
    /// Switches until it is done.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::File;
    ///
    /// # let path = std::env::temp_dir().join(format!("eventlet-file-perm-{}", std::process::id()));
    /// let file = File::create(&path)?;
    /// let mut permissions = file.metadata()?.permissions();
    /// permissions.set_readonly(true);
    /// file.set_permissions(permissions)?;
    /// assert!(file.metadata()?.permissions().readonly());
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_permissions(&self, perm: Permissions) -> io::Result<()> {
        self.on_pool(move |file| file.set_permissions(perm))
    }

    /// Sets when the file was last read and changed.
    ///
    /// # Errors
    ///
    /// Fails if the user may not do that, and if the system cannot represent the times.
    ///
    /// # Switching
    ///
    /// Switches until it is done.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use eventlet::green::fs::{File, FileTimes};
    ///
    /// # let path = std::env::temp_dir().join(format!("eventlet-times-{}", std::process::id()));
    /// let file = File::create(&path)?;
    /// let day = SystemTime::UNIX_EPOCH + Duration::from_secs(86_400);
    /// file.set_times(FileTimes::new().set_accessed(day).set_modified(day))?;
    /// assert_eq!(file.metadata()?.accessed()?, day);
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_times(&self, times: FileTimes) -> io::Result<()> {
        self.on_pool(move |file| file.set_times(times))
    }

    /// Sets when the file was last changed.
    ///
    /// # Errors
    ///
    /// Fails as [`set_times`](File::set_times) does.
    ///
    /// # Switching
    ///
    /// Switches until it is done.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use eventlet::green::fs::File;
    ///
    /// # let path = std::env::temp_dir().join(format!("eventlet-modified-{}", std::process::id()));
    /// let file = File::create(&path)?;
    /// let day = SystemTime::UNIX_EPOCH + Duration::from_secs(86_400);
    /// file.set_modified(day)?;
    /// assert_eq!(file.metadata()?.modified()?, day);
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_modified(&self, time: SystemTime) -> io::Result<()> {
        self.set_times(FileTimes::new().set_modified(time))
    }
}
