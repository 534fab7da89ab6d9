//! A client with a pool of connections, and its server: blocking code, unchanged, on OS threads and
//! on green threads.

#[path = "real/line_client_tests.rs"]
mod on_std;

eventlet::import_patched! {
    #[path = "real/line_client_tests.rs"]
    mod green;
}

/// One after the other: the threads of the process are counted.
#[test]
fn a_thousand_threads_use_one_client() {
    on_std::a_thousand_uses().assert_threads(1_000, 1_000);
    green::a_thousand_uses().assert_one_thread(1_000);
}
