//! Arguments of a `spawn` function may be patterns, and live as long as its body.
#![deny(warnings)]

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use eventlet::green;

struct Point {
    x: i32,
    y: i32,
}

#[green(spawn)]
fn sum((a, b): (i32, i32), Point { x, y }: Point, mut c: i32, [d, ..]: [i32; 3]) -> i32 {
    c += a + b;
    c + x + y + d
}

#[derive(Default)]
struct Guard(Rc<Cell<bool>>);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.set(true);
    }
}

#[green(spawn)]
fn hold(_: Guard, _unused: Guard, _pair: (Guard, u8), seen: [Rc<Cell<bool>>; 3]) -> bool {
    std::thread::sleep(Duration::from_millis(1));
    seen.iter().any(|dropped| dropped.get())
}

fn main() {
    let total = sum((1, 2), Point { x: 3, y: 4 }, 5, [6, 7, 8]);
    assert_eq!(total.wait().unwrap(), 21);

    let guards = [Guard::default(), Guard::default(), Guard::default()];
    let dropped = guards.each_ref().map(|guard| guard.0.clone());
    let [a, b, c] = guards;
    let early = hold(a, b, (c, 0), dropped.clone());
    assert!(!early.wait().unwrap(), "an argument was dropped before its body ended");
    assert!(dropped.iter().all(|dropped| dropped.get()));
}
