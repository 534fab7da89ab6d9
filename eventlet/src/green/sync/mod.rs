//! What green threads share and wait for, with the names of [`std::sync`].
//!
//! Whoever waits for these parks, and others run; they may be shared by green threads of any hub
//! and plain OS threads. What never waits, such as [`Arc`] and the atomics, is std's own item.
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
#[allow(dead_code, reason = "condition variables unlock and lock again")]
mod mutex;
mod poison;

pub use mutex::{Mutex, MutexGuard};

pub use std::sync::{
    Arc, BarrierWaitResult, LazyLock, LockResult, Once, OnceLock, OnceState, PoisonError, RwLock,
    RwLockReadGuard, RwLockWriteGuard, TryLockError, TryLockResult, WaitTimeoutResult, Weak,
    atomic,
};
