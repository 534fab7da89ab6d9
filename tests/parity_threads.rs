//! `green::thread` held against std: the same tests, on OS threads and on green threads.

#[path = "parity/local.rs"]
mod std_local;
#[path = "parity/scope.rs"]
mod std_scope;
#[path = "parity/thread.rs"]
mod std_thread;
#[path = "parity/thread_park.rs"]
mod std_thread_park;

eventlet::import_patched! {
    #[path = "parity/local.rs"]
    mod green_local;
    #[path = "parity/scope.rs"]
    mod green_scope;
    #[path = "parity/thread.rs"]
    mod green_thread;
    #[path = "parity/thread_park.rs"]
    mod green_thread_park;
}
