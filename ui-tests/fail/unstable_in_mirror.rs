//! What std has on nightly only, and what to use instead.

use eventlet::green;

#[green]
mod channels {
    use std::sync::{self, mpmc};

    pub fn fan_out() {
        let _ = mpmc::channel::<u8>();
        let _ = sync::oneshot::channel::<u8>();
    }
}

fn main() {
    channels::fan_out();
}
