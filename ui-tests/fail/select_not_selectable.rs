//! What gives nothing cannot be selected.

fn main() {
    let number = 7;
    eventlet::select! {
        _ = number => {}
    }
}
