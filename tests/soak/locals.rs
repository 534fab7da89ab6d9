//! Variables of a green thread's own: nobody else's value is seen, and each is dropped once.

use std::cell::Cell;
use std::rc::Rc;

use eventlet::{green_local, sleep, spawn};

use super::soak::{Soak, Subject};

thread_local! {
    /// Values that are there.
    static N_ALIVE: Cell<i64> = const { Cell::new(0) };
}

/// A value that is counted.
struct Counted(Cell<usize>);

impl Counted {
    fn new() -> Self {
        N_ALIVE.set(N_ALIVE.get() + 1);
        Counted(Cell::new(0))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        N_ALIVE.set(N_ALIVE.get() - 1);
    }
}

green_local! {
    static OWN: Counted = Counted::new();
}

/// Nothing is shared here.
pub struct Locals;

fn use_own(number: usize, soak: &Soak) {
    OWN.with(|own| own.0.set(number));
    sleep(soak.short_time());
    assert_eq!(OWN.with(|own| own.0.get()), number, "it is somebody else's");
}

impl Subject for Locals {
    fn round(&self, soak: &Rc<Soak>) {
        use_own(soak.below(1000), soak);
        let children: Vec<_> = (0..soak.below(4))
            .map(|number| {
                let soak = soak.clone();
                let child = spawn(move || {
                    assert_eq!(OWN.with(|own| own.0.get()), 0, "it has been used before");
                    use_own(number, &soak);
                });
                (number % 2 == 0, child)
            })
            .collect();
        for (is_killed, child) in children {
            if is_killed {
                child.kill();
            }
            assert!(child.wait().err().is_none_or(|exit| exit.is_killed()));
        }
    }

    fn verify(&self) {
        assert_eq!(N_ALIVE.get(), 0, "a value was not dropped, or twice");
    }
}
