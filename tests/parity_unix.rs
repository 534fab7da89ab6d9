//! `green::os::unix::net` held against std: the same tests, on OS threads and on green threads.

#[path = "parity/unix.rs"]
mod std_unix;

eventlet::import_patched! {
    #[path = "parity/unix.rs"]
    mod green_unix;
}
