//! The locks of `green::sync` on OS threads that have no hub, or none any more: they get none, and wait
//! all the same.

use std::cell::Cell;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use eventlet::green::sync::mpsc as green_mpsc;
use eventlet::green::sync::{Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock};
use eventlet_tests::{check, sys};

/// What `/proc` or its like says of this process.
fn n_descriptors() -> usize {
    sys::n_descriptors()
}
