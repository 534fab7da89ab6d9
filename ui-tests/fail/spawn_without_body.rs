//! A declaration in a trait has nothing to run.

use eventlet::green;

trait Job {
    #[green(spawn)]
    fn start(self) -> u8;
}

impl Job for u8 {
    fn start(self) -> u8 {
        self
    }
}

fn main() {
    1_u8.start();
}
