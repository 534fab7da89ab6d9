//! `green::sync::{Once, OnceLock, LazyLock}` held against std: the same tests, on OS threads and on green
//! threads.

#[path = "parity/lazy_lock.rs"]
mod std_lazy_lock;
#[path = "parity/once.rs"]
mod std_once;
#[path = "parity/once_lock.rs"]
mod std_once_lock;

eventlet::import_patched! {
    #[path = "parity/lazy_lock.rs"]
    mod green_lazy_lock;
    #[path = "parity/once.rs"]
    mod green_once;
    #[path = "parity/once_lock.rs"]
    mod green_once_lock;
}
