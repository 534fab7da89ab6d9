//! A green thread stays on its OS thread, and so does its handle.

fn main() {
    let handle = eventlet::spawn(|| 1);
    std::thread::spawn(move || handle.wait());
}
