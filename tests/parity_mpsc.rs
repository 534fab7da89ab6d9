//! `green::sync::mpsc` held against std: the same tests, on OS threads and on green threads.

#[path = "parity/mpsc.rs"]
mod std_mpsc;
#[path = "parity/mpsc_drops.rs"]
mod std_mpsc_drops;
#[path = "parity/mpsc_sync.rs"]
mod std_mpsc_sync;

eventlet::import_patched! {
    #[path = "parity/mpsc.rs"]
    mod green_mpsc;
    #[path = "parity/mpsc_drops.rs"]
    mod green_mpsc_drops;
    #[path = "parity/mpsc_sync.rs"]
    mod green_mpsc_sync;
}
