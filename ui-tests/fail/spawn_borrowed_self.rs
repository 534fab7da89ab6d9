//! A green thread cannot borrow the receiver.

use eventlet::green;

struct Worker(u8);

impl Worker {
    #[green(spawn)]
    fn work(&mut self) -> u8 {
        self.0
    }
}

fn main() {
    Worker(1).work();
}
