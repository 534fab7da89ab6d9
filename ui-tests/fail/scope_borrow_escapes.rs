//! What a green thread of a scope has borrowed mutably is free again after the scope, not before;
//! and what it borrows must outlive the scope.

fn main() {
    let mut numbers = vec![1];
    eventlet::scope(|s| {
        s.spawn(|| numbers.push(2));
        numbers.push(3);
    });
    let escaped = {
        let text = String::from("short-lived");
        eventlet::scope(|s| s.spawn(|| text.as_str()).wait().unwrap())
    };
    println!("{escaped}");
}
