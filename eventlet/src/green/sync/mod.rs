//! What green threads share and wait for, with the names of [`std::sync`].
//!
//! Green are the channels of [`mpsc`]. Everything else is std's own item: what never waits, such
//! as [`Arc`] and the atomics, and the locks, which hold up the OS thread while another OS thread
//! has them. Between green threads of one hub a std lock is never contended, as long as nobody
//! waits while holding it; whoever does can bring the hub to a halt.
//!
//! # Examples
//!
//! ```
//! use eventlet::green::sync::mpsc;
//!
//! let (sender, receiver) = mpsc::channel();
//! eventlet::spawn(move || sender.send(42).unwrap());
//! assert_eq!(receiver.recv(), Ok(42));
//! ```

pub mod mpsc;

pub use std::sync::{
    Arc, BarrierWaitResult, LazyLock, LockResult, Mutex, MutexGuard, Once, OnceLock, OnceState,
    PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError, TryLockResult,
    WaitTimeoutResult, Weak, atomic,
};
