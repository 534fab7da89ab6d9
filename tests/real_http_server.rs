//! A server with a thread for each connection: blocking code, unchanged, on OS threads and on green
//! threads.

#[path = "real/http_server_tests.rs"]
mod on_std;

#[test]
fn a_thousand_connections_have_a_thread_each() {
    on_std::a_thousand_uses().assert_threads(1_000, 1_000);
}
