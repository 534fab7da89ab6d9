//! A call that means nothing to a green thread.

use eventlet::green;

type Native = std::thread::JoinHandle<()>;

#[green]
fn id(thread: &Native) -> u64 {
    std::os::unix::thread::JoinHandleExt::as_pthread_t(thread)
}

fn main() {
    let _ = id;
}
