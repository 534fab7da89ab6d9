//! What `allow` names keeps leading to std.
#![deny(warnings)]

use eventlet::green;

type Native = std::thread::JoinHandle<()>;

#[green(allow(std::os::unix::thread::JoinHandleExt))]
fn is_same(thread: &Native) -> bool {
    use std::os::unix;
    use std::os::unix::thread::{JoinHandleExt, RawPthread};
    let id: RawPthread = thread.as_pthread_t();
    id == unix::thread::JoinHandleExt::as_pthread_t(thread)
}

fn main() {
    let thread = std::thread::spawn(|| ());
    assert!(is_same(&thread));
    thread.join().unwrap();
}
