//! The locks of `green::sync` held against std: the same tests, on OS threads and on green threads.

#[path = "parity/barrier.rs"]
mod std_barrier;
#[path = "parity/condvar.rs"]
mod std_condvar;
#[path = "parity/condvar_timeout.rs"]
mod std_condvar_timeout;
#[path = "parity/mutex.rs"]
mod std_mutex;
#[path = "parity/mutex_poison.rs"]
mod std_mutex_poison;
#[path = "parity/mutex_traits.rs"]
mod std_mutex_traits;
#[path = "parity/rwlock.rs"]
mod std_rwlock;
#[path = "parity/rwlock_poison.rs"]
mod std_rwlock_poison;
#[path = "parity/rwlock_traits.rs"]
mod std_rwlock_traits;

eventlet::import_patched! {
    #[path = "parity/barrier.rs"]
    mod green_barrier;
    #[path = "parity/condvar.rs"]
    mod green_condvar;
    #[path = "parity/condvar_timeout.rs"]
    mod green_condvar_timeout;
    #[path = "parity/mutex.rs"]
    mod green_mutex;
    #[path = "parity/mutex_poison.rs"]
    mod green_mutex_poison;
    #[path = "parity/mutex_traits.rs"]
    mod green_mutex_traits;
    #[path = "parity/rwlock.rs"]
    mod green_rwlock;
    #[path = "parity/rwlock_poison.rs"]
    mod green_rwlock_poison;
    #[path = "parity/rwlock_traits.rs"]
    mod green_rwlock_traits;
}
