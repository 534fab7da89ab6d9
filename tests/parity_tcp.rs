//! TCP of `green::net` held against std: the same tests, on OS threads and on green threads.

#[path = "parity/tcp.rs"]
mod std_tcp;

eventlet::import_patched! {
    #[path = "parity/tcp.rs"]
    mod green_tcp;
}
