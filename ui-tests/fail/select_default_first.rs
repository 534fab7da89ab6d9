//! The default is the last arm.

fn main() {
    let semaphore = eventlet::Semaphore::new(1);
    eventlet::select! {
        default => {}
        _ = semaphore => {}
    }
}
