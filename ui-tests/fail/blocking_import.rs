//! An import of something without a green form, reported once.

use eventlet::green;

type Native = std::thread::JoinHandle<()>;

#[green]
mod threads {
    use std::{collections::HashMap, os::unix::thread::JoinHandleExt};

    pub fn ids(threads: HashMap<String, super::Native>) -> HashMap<String, u64> {
        threads.into_iter().map(|(name, thread)| (name, thread.as_pthread_t())).collect()
    }
}

fn main() {
    let _ = threads::ids;
}
