//! Scopes: what is borrowed is there for as long as anyone borrows it, however the scope ends.

use std::cell::Cell;
use std::panic::resume_unwind;
use std::rc::Rc;

use eventlet::{scope, sleep};

use super::soak::{Soak, Subject};

const INTACT: u64 = 0x5AFE_5AFE_5AFE_5AFE;

/// Something on a stack that is not intact any more when it is gone.
struct Borrowed(Cell<u64>);

impl Borrowed {
    fn new() -> Self {
        Borrowed(Cell::new(INTACT))
    }

    fn check(&self) {
        assert_eq!(self.0.get(), INTACT, "what was borrowed is gone");
    }
}

impl Drop for Borrowed {
    fn drop(&mut self) {
        self.check();
        self.0.set(0);
    }
}

/// What a child panics with, which no hook prints.
struct Expected;

/// Nothing is shared here.
pub struct Scopes;

/// Children that borrow, and whose children borrow.
fn nest(soak: &Soak, depth: usize) {
    let borrowed = Borrowed::new();
    let mut squares = vec![0; soak.below(5)];
    scope(|s| {
        for (number, square) in squares.iter_mut().enumerate() {
            let (pause, borrowed) = (soak.short_time(), &borrowed);
            s.spawn(move || {
                borrowed.check();
                sleep(pause);
                if depth > 0 {
                    nest(soak, depth - 1);
                }
                borrowed.check();
                *square = number * number;
            });
        }
        let panicking = s.spawn(|| -> () {
            let _looks = eventlet_tests::OnDrop(|| borrowed.check());
            sleep(soak.short_time());
            resume_unwind(Box::new(Expected));
        });
        let killed = s.spawn(|| {
            let _looks = eventlet_tests::OnDrop(|| borrowed.check());
            loop {
                sleep(soak.short_time());
            }
        });
        // These go on when this one is broken off, and must not.
        assert!(panicking.wait().unwrap_err().into_panic().is::<Expected>());
        killed.kill();
    });
    assert!(squares.iter().enumerate().all(|(number, &square)| square == number * number));
}

impl Subject for Scopes {
    fn round(&self, soak: &Rc<Soak>) {
        nest(soak, soak.below(3));
    }
}
