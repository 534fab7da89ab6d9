//! A server with a thread for each connection: blocking code, unchanged, on OS threads and on green
//! threads.

#[path = "real/http_server_tests.rs"]
mod on_std;

eventlet::import_patched! {
    #[path = "real/http_server_tests.rs"]
    mod green;
}

/// One after the other: the threads of the process are counted.
#[test]
fn a_thousand_connections_are_served_at_once() {
    on_std::a_thousand_uses().assert_threads(1_000, 1_000);
    green::a_thousand_uses().assert_one_thread(1_000);
}
