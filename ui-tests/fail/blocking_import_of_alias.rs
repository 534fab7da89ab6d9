//! Something without a green form that is reached by another name of std.

use eventlet::green;

type Native = std::thread::JoinHandle<()>;

#[green]
mod threads {
    use std as s;

    pub fn id(thread: &super::Native) -> u64 {
        s::os::unix::thread::JoinHandleExt::as_pthread_t(thread)
    }
}

fn main() {
    let _ = threads::id;
}
