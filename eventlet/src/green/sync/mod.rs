//! What green threads share and wait for, with the names of [`std::sync`].
//!
//! Whoever waits for these parks, and others run; they may be shared by green threads of any hub
//! and plain OS threads, which block if they have no hub. What never waits, such as [`Arc`] and the
//! atomics, is std's own item.
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

mod barrier;
mod condvar;
mod lazy_lock;
pub mod mpsc;
mod mutex;
mod once;
mod once_lock;
mod poison;
mod rwlock;

pub use std::sync::{Arc, LockResult, PoisonError, TryLockError, TryLockResult, Weak, atomic};

pub use barrier::{Barrier, BarrierWaitResult};
pub use condvar::{Condvar, WaitTimeoutResult};
pub use lazy_lock::LazyLock;
pub use mutex::{Mutex, MutexGuard};
#[allow(deprecated, reason = "as in std")]
pub use once::{ONCE_INIT, Once, OnceState};
pub use once_lock::OnceLock;
pub use rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};
