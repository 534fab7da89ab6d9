//! Neither the handle of a green thread nor the scope itself leaves the scope.

fn main() {
    let handle = eventlet::scope(|s| s.spawn(|| 1));
    let scope = eventlet::scope(|s| s);
    let mut kept = Vec::new();
    eventlet::scope(|s| kept.push(s.spawn(|| 1)));
}
