//! An arm without a pattern.

fn main() {
    let semaphore = eventlet::Semaphore::new(1);
    eventlet::select! {
        semaphore => {}
    }
}
