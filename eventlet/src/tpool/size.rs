//! How many threads the pool may have.

use std::env;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::oslock::{Once, OnceLock};

/// Threads at most, unless the program or the environment says otherwise; Eventlet's number.
const DEFAULT: usize = 20;

const VARIABLE: &str = "EVENTLET_THREADPOOL_SIZE";

/// Read from the environment at the first use, if the program has not set it before.
static SIZE: OnceLock<AtomicUsize> = OnceLock::new();

pub(super) fn get() -> usize {
    SIZE.get_or_init(|| AtomicUsize::new(from_environment())).load(Ordering::SeqCst)
}

pub(super) fn set(n: usize) {
    SIZE.get_or_init(|| AtomicUsize::new(n)).store(n, Ordering::SeqCst);
}

/// Whether calls run where they are made. The first time that they do, this is said on stderr.
pub(super) fn is_zero() -> bool {
    static WARNED: Once = Once::new();
    let is_zero = get() == 0;
    if is_zero {
        WARNED.call_once(|| {
            notice!(
                "eventlet: zero threads in tpool: calls run in place and hold up their hub; see \
                 tpool::set_num_threads and {VARIABLE}"
            );
        });
    }
    is_zero
}

fn from_environment() -> usize {
    let Some(value) = env::var_os(VARIABLE) else { return DEFAULT };
    value.to_str().and_then(|text| text.trim().parse().ok()).unwrap_or_else(|| {
        notice!("eventlet: {VARIABLE} is ignored: {value:?} is no number of threads");
        DEFAULT
    })
}
