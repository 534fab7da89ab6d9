//! A client with a pool of connections, and its server: blocking code, unchanged, on OS threads and
//! on green threads.

#[path = "real/line_client_tests.rs"]
mod on_std;

#[test]
fn a_thousand_threads_use_one_client() {
    on_std::a_thousand_uses().assert_threads(1_000, 1_000);
}
