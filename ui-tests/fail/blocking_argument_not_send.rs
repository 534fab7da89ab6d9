//! What a native thread is given must be `Send`.

use eventlet::green;

#[green(blocking)]
fn take(shared: std::rc::Rc<u8>) -> u8 {
    *shared
}

fn main() {
    take(std::rc::Rc::new(1));
}
