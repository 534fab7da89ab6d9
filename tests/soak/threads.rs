//! Green threads: spawned, waited for, killed, cancelled, detached, linked to.

use std::cell::Cell;
use std::panic::resume_unwind;
use std::rc::Rc;

use eventlet::{GreenThread, sleep, spawn, spawn_after};
use eventlet_tests::OnDrop;

use super::soak::{Soak, Subject};

/// How the children of all rounds have fared.
#[derive(Default)]
pub struct Threads {
    n_spawned: Cell<u64>,
    /// Links that have been called.
    n_told: Rc<Cell<u64>>,
    /// Closures that are there, whether they have begun or not.
    n_alive: Rc<Cell<i64>>,
}

/// What a child panics with, which no hook prints.
struct Expected;

/// How a child is to end if it is left alone.
#[derive(Clone, Copy)]
enum Plan {
    Return(usize),
    Panic,
    KillItself,
}

impl Threads {
    fn child(&self, soak: &Rc<Soak>) -> (Plan, GreenThread<usize>) {
        let plan = [Plan::Return(soak.below(1000)), Plan::Panic, Plan::KillItself][soak.below(3)];
        self.n_spawned.set(self.n_spawned.get() + 1);
        self.n_alive.set(self.n_alive.get() + 1);
        let n_alive = self.n_alive.clone();
        let alive = OnDrop(move || n_alive.set(n_alive.get() - 1));
        let (pause, n_yields) = (soak.short_time(), soak.below(5));
        let body = move || {
            let _alive = alive;
            (0..n_yields).for_each(|_| sleep(pause / 4));
            match plan {
                Plan::Return(value) => value,
                Plan::Panic => resume_unwind(Box::new(Expected)),
                Plan::KillItself => {
                    eventlet::current().kill();
                    unreachable!("it unwinds at once")
                }
            }
        };
        let child =
            if soak.below(2) == 0 { spawn(body) } else { spawn_after(soak.short_time(), body) };
        let n_told = self.n_told.clone();
        child.link(move |_| n_told.set(n_told.get() + 1));
        (plan, child)
    }
}

impl Subject for Threads {
    fn round(&self, soak: &Rc<Soak>) {
        let children: Vec<_> = (0..1 + soak.below(20)).map(|_| self.child(soak)).collect();
        for (plan, child) in children {
            let was_ended = match soak.below(6) {
                0 => {
                    child.kill();
                    true
                }
                1 => child.cancel(),
                2 => continue,
                _ => false,
            };
            match (child.wait(), plan) {
                (Ok(value), Plan::Return(planned)) => assert_eq!(value, planned),
                (Err(exit), Plan::Panic) if exit.is_panic() => {
                    assert!(exit.into_panic().is::<Expected>());
                }
                (Err(exit), Plan::KillItself) => assert!(exit.is_killed()),
                (Err(exit), _) => assert!(was_ended && exit.is_killed(), "{exit}"),
                (Ok(value), _) => panic!("{value} was returned by none"),
            }
        }
    }

    fn verify(&self) {
        assert_eq!(self.n_alive.get(), 0, "closures are left");
        assert_eq!(self.n_told.get(), self.n_spawned.get(), "not every link was called once");
    }
}
