//! Primitives stay in their hub.

fn main() {
    let semaphore = eventlet::Semaphore::new(1);
    std::thread::spawn(move || drop(semaphore.acquire()));
}
