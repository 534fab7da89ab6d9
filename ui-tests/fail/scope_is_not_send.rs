//! A scope stays on its OS thread.

fn main() {
    eventlet::scope(|green| {
        std::thread::scope(|native| {
            native.spawn(move || {
                green.spawn(|| 1);
            });
        });
    });
}
