//! UDP of `green::net`, and its addresses, held against std: the same tests, on OS threads and on
//! green threads.

#[path = "parity/addrs.rs"]
mod std_addrs;
#[path = "parity/udp.rs"]
mod std_udp;

eventlet::import_patched! {
    #[path = "parity/addrs.rs"]
    mod green_addrs;
    #[path = "parity/udp.rs"]
    mod green_udp;
}
