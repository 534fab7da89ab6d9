//! Calls without a green form that are named through imported modules.

use eventlet::green;

type Native = std::thread::JoinHandle<()>;

#[green]
fn ids(one: &Native, other: &Native) -> [u64; 2] {
    use std::os::unix::{self, thread as threads};

    let one = threads::JoinHandleExt::as_pthread_t(one);
    [one, unix::thread::JoinHandleExt::as_pthread_t(other)]
}

fn main() {
    let _ = ids;
}
