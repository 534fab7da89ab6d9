//! `spawn` is for functions.

use eventlet::green;

struct Worker;

#[green(spawn)]
impl Worker {
    fn work() {}
}

fn main() {
    Worker::work();
}
