//! Locks between those who have a file open.

use std::fs::{self, TryLockError};
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::File;
use crate::green::sync::mpsc::{Receiver, Sender, channel};
use crate::hub;
use crate::tpool;

/// How long one who waits for a lock pauses after the first attempt. The pauses double.
const SHORTEST_PAUSE: Duration = Duration::from_millis(1);

/// And how long at most: so late may it notice that the lock is free.
const LONGEST_PAUSE: Duration = Duration::from_millis(32);

/// What std's `try_lock` and `try_lock_shared` have in common.
type TryLock = fn(&fs::File) -> Result<(), TryLockError>;

/// A lock that was taken on the pool, for a caller who may not want it any more: gives it back when
/// dropped.
struct Taken {
    /// None if the caller has it.
    file: Option<Arc<fs::File>>,
    /// Dropped after that.
    _under_way: Sender<()>,
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            // Closing the file would give it back as well.
            let _ = file.unlock();
        }
    }
}

/// Waits, if its caller unwinds, until an attempt is over. Otherwise one whose caller has been killed
/// could take the lock later, or give back what was taken after it.
struct Attempt {
    /// Nothing is ever sent: it ends with the sender. None once the answer is here, when a wait could
    /// only lose it.
    is_over: Option<Receiver<()>>,
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if let Some(is_over) = &self.is_over {
            let _ = is_over.recv();
        }
    }
}

impl File {
    /// Waits until nobody else has a lock of the file, and takes it.
    ///
    /// Who waits asks again and again, after pauses that grow from 1 ms to 32 ms. No thread of the
    /// pool is held meanwhile, so the holder can go on working with files; but those who wait are
    /// served in no particular order, as with std. What has been taken is held until
    /// [`unlock`](File::unlock), or until the file and all its clones are closed.
    ///
    /// A caller that is killed or times out holds nothing, nor do clones of the file. If an attempt
    /// is under way then, the caller is not free before the system has answered, which takes long
    /// only where a server is asked.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Switches until the lock is taken, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::{File, TryLockError};
    ///
    /// # let path = std::env::temp_dir().join(format!("eventlet-lock-{}", std::process::id()));
    /// let (file, other) = (File::create(&path)?, File::open(&path)?);
    /// file.lock()?;
    /// assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
    /// file.unlock()?;
    /// assert!(other.try_lock().is_ok());
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn lock(&self) -> io::Result<()> {
        if !hub::exists() {
            return self.file.lock();
        }
        self.wait_for_lock(fs::File::try_lock)
    }

    /// Waits until nobody else has an exclusive lock of the file, and takes a shared one.
    ///
    /// It waits as [`lock`](File::lock) does.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Switches until the lock is taken, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::File;
    ///
    /// # let path = std::env::temp_dir().join(format!("eventlet-shared-{}", std::process::id()));
    /// let (file, other) = (File::create(&path)?, File::open(&path)?);
    /// file.lock_shared()?;
    /// other.lock_shared()?;
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn lock_shared(&self) -> io::Result<()> {
        if !hub::exists() {
            return self.file.lock_shared();
        }
        self.wait_for_lock(fs::File::try_lock_shared)
    }

    /// Takes a lock of the file, unless someone else has one.
    ///
    /// # Errors
    ///
    /// Fails with [`TryLockError::WouldBlock`] if someone has, and as the system does.
    ///
    /// # Switching
    ///
    /// Switches until the system has answered.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::File;
    ///
    /// # let path = std::env::temp_dir().join(format!("eventlet-try-lock-{}", std::process::id()));
    /// let (file, other) = (File::create(&path)?, File::open(&path)?);
    /// file.try_lock()?;
    /// assert!(other.try_lock().is_err());
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn try_lock(&self) -> Result<(), TryLockError> {
        self.try_once(fs::File::try_lock)
    }

    /// Takes a shared lock of the file, unless someone else has an exclusive one.
    ///
    /// # Errors
    ///
    /// Fails with [`TryLockError::WouldBlock`] if someone has, and as the system does.
    ///
    /// # Switching
    ///
    /// Switches until the system has answered.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::fs::File;
    ///
    /// # let path = std::env::temp_dir().join(format!("eventlet-try-shared-{}", std::process::id()));
    /// let (file, other) = (File::create(&path)?, File::open(&path)?);
    /// file.try_lock_shared()?;
    /// other.try_lock_shared()?;
    /// assert!(file.try_lock().is_err());
    /// # std::fs::remove_file(&path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn try_lock_shared(&self) -> Result<(), TryLockError> {
        self.try_once(fs::File::try_lock_shared)
    }

    /// Gives back whatever lock of the file there is.
    ///
    /// It is done in place, so that a kill cannot come in between. It does not wait, unless a
    /// server has to be told.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
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
    /// let file = File::open("Cargo.toml")?;
    /// file.lock_shared()?;
    /// file.unlock()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn unlock(&self) -> io::Result<()> {
        self.file.unlock()
    }

    fn wait_for_lock(&self, try_lock: TryLock) -> io::Result<()> {
        let mut pause = SHORTEST_PAUSE;
        loop {
            match self.try_once(try_lock) {
                Ok(()) => return Ok(()),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => {}
            }
            // Not a sleep, which would not wait while the caller unwinds.
            let (waiter, deadline) = hub::with(|hub| (hub.begin_wait(), hub.deadline_in(pause)));
            hub::park(waiter, "a lock of a file", deadline).ready_or_raise();
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    /// Each attempt is made on the pool: where the files are on a server, so are the locks.
    fn try_once(&self, try_lock: TryLock) -> Result<(), TryLockError> {
        let (under_way, is_over) = channel();
        let mut attempt = Attempt { is_over: Some(is_over) };
        let file = self.file.clone();
        let answer = tpool::off_hub(move || {
            try_lock(&file).map(|()| Taken { file: Some(file), _under_way: under_way })
        });
        attempt.is_over = None;
        answer?.file = None;
        Ok(())
    }
}
