//! A call of a `spawn` function starts a green thread and gives its handle.
#![deny(warnings)]

use std::cell::Cell;
use std::rc::Rc;

use eventlet::{GreenThread, green};

#[green(spawn)]
fn add(a: u32, b: u32) -> u32 {
    a + b
}

#[green(spawn, name = "counter", stack_size = "64KiB")]
fn count(counter: Rc<Cell<u32>>) {
    counter.set(counter.get() + 1);
}

#[green(spawn)]
fn first<T>(items: Vec<T>) -> Option<T>
where
    T: Clone + PartialEq + 'static,
{
    let item = items.first()?;
    if items.iter().all(|other| other == item) {
        return None;
    }
    Some(item.clone())
}

fn main() {
    let sum: GreenThread<u32> = add(1, 2);
    assert_eq!(sum.wait().unwrap(), 3);

    let counter = Rc::new(Cell::new(0));
    let counting = count(counter.clone());
    assert_eq!(counting.name(), Some("counter"));
    assert_eq!(counting.handle().spawned_at().line(), line!() - 2);
    counting.wait().unwrap();
    assert_eq!(counter.get(), 1);

    assert_eq!(first(vec!["a", "b"]).wait().unwrap(), Some("a"));
}
