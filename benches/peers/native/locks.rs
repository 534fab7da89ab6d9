//! Locks that nobody else wants. eventlet does this, too, with its paths into std patched.

use std::hint::black_box;
use std::sync::{Condvar, Mutex, RwLock};
use std::thread;

/// Does something `n` times in a thread.
fn repeat(n: u64, mut f: impl FnMut(u64) + Send + 'static) {
    thread::spawn(move || (0..n).for_each(|i| f(black_box(i)))).join().expect("it returns");
}

pub(in crate::peers) fn mutex(n: u64) {
    let mutex = Mutex::new(0);
    repeat(n, move |i| *mutex.lock().expect("nobody panics") += i);
}

pub(in crate::peers) fn rwlock_read(n: u64) {
    let lock = RwLock::new(0);
    repeat(n, move |i| assert!(*lock.read().expect("nobody panics") <= i));
}

pub(in crate::peers) fn rwlock_write(n: u64) {
    let lock = RwLock::new(0);
    repeat(n, move |i| *lock.write().expect("nobody panics") += i);
}

pub(in crate::peers) fn condvar(n: u64) {
    let condvar = Condvar::new();
    repeat(n, move |_| condvar.notify_one());
}
