//! What is made inside a scope is gone before its green threads are.

fn main() {
    eventlet::scope(|s| {
        let inside = String::from("inside");
        s.spawn(|| println!("{inside}"));
    });
}
