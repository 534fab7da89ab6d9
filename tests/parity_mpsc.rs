//! `green::sync::mpsc` held against std: the same tests, on OS threads and on green threads.

#[path = "parity/mpsc.rs"]
mod std_mpsc;

eventlet::import_patched! {
    #[path = "parity/mpsc.rs"]
    mod green_mpsc;
}
