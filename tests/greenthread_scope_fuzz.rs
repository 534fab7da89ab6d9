//! Random trees of scopes, broken off at random: no frame goes before what has borrowed from it.

use std::cell::{Cell, RefCell};
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::rc::Rc;
use std::time::Duration;

use eventlet::{Builder, Handle, Scope, debug, scope, sleep, spawn, with_timeout};
use eventlet_tests::{OnDrop, check, check_within, ms, yield_now};

/// What all green threads of one run share.
struct World {
    random: Cell<u64>,
    /// Those that may be killed.
    handles: RefCell<Vec<Handle>>,
    /// How many frames have gone while something still borrowed from them.
    n_violations: Cell<u32>,
    n_frames: Cell<u32>,
    n_loans: Cell<u32>,
    n_kills: Cell<u32>,
    n_timeouts: Cell<u32>,
    n_panics: Cell<u32>,
}

impl World {
    fn new(seed: u64) -> Rc<Self> {
        Rc::new(World {
            random: Cell::new(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1),
            handles: RefCell::default(),
            n_violations: Cell::new(0),
            n_frames: Cell::new(0),
            n_loans: Cell::new(0),
            n_kills: Cell::new(0),
            n_timeouts: Cell::new(0),
            n_panics: Cell::new(0),
        })
    }

    fn below(&self, n: u64) -> u64 {
        let mut x = self.random.get();
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        self.random.set(x);
        x % n
    }

    fn time(&self) -> Duration {
        ms(self.below(8))
    }
}

fn count(counter: &Cell<u32>) {
    counter.set(counter.get() + 1);
}

/// Lies on a stack and is borrowed from. When it goes, nobody may borrow from it any more.
struct Frame<'a> {
    world: &'a World,
    n_loans: Cell<u32>,
}

impl<'a> Frame<'a> {
    fn new(world: &'a World) -> Self {
        count(&world.n_frames);
        Frame { world, n_loans: Cell::new(0) }
    }

    fn lend(&self) -> Loan<'_> {
        count(&self.world.n_loans);
        count(&self.n_loans);
        Loan { n_loans: &self.n_loans }
    }
}

impl Drop for Frame<'_> {
    fn drop(&mut self) {
        if self.n_loans.get() > 0 {
            count(&self.world.n_violations);
        }
    }
}

/// Borrows from a frame, and writes to it when it goes.
struct Loan<'a> {
    n_loans: &'a Cell<u32>,
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        self.n_loans.set(self.n_loans.get() - 1);
    }
}

/// A scope with some green threads in it.
fn grow(world: &World, depth: u64) {
    let frame = Frame::new(world);
    let outer = frame.lend();
    scope(|s| {
        let mut kept = Vec::new();
        for _ in 0..1 + world.below(4) {
            let thread = sprout(world, s, &frame, depth);
            match world.below(6) {
                0 => drop(thread),
                1 => drop(thread.map(|thread| thread.wait())),
                2 => yield_now(),
                3 => sleep(world.time()),
                _ => kept.push(thread),
            }
        }
        if world.below(8) == 0 {
            fail(world);
        }
        kept.truncate(world.below(3) as usize);
        for thread in kept.into_iter().flatten() {
            drop(thread.wait());
        }
    });
    drop(outer);
}

/// Starts a green thread that borrows from `frame` in its closure, on its stack and in its result.
fn sprout<'scope, 'env>(
    world: &'env World,
    s: &'scope Scope<'scope, 'env>,
    frame: &'env Frame<'env>,
    depth: u64,
) -> Option<eventlet::ScopedGreenThread<'scope, Loan<'env>>> {
    let loan = frame.lend();
    let builder = match world.below(4) {
        0 => Builder::new().delay(world.time()),
        _ => Builder::new(),
    };
    let thread = builder.spawn_scoped(s, move || {
        let _on_stack = frame.lend();
        if world.below(4) == 0 {
            drop(sprout(world, s, frame, depth / 2));
        }
        live(world, frame, depth);
        loan
    });
    let thread = thread.unwrap();
    world.handles.borrow_mut().push(thread.handle());
    Some(thread)
}

fn live(world: &World, frame: &Frame<'_>, depth: u64) {
    match world.below(10) {
        0 => {}
        1 => sleep(world.time()),
        2 => (0..world.below(5)).for_each(|_| yield_now()),
        3 => fail(world),
        4 => {
            // Its destructor waits.
            let _slow = OnDrop(|| drop(spawn(|| sleep(ms(2))).wait()));
            sleep(world.time());
        }
        5 => {
            let _caught = catch_unwind(AssertUnwindSafe(|| sleep(world.time())));
            let _on_stack = frame.lend();
            sleep(world.time());
        }
        6 | 7 if depth > 0 => {
            let late = with_timeout(world.time(), || grow(world, depth - 1));
            if late.is_err() {
                count(&world.n_timeouts);
            }
        }
        _ if depth > 0 => grow(world, depth - 1),
        _ => sleep(world.time()),
    }
}

/// A panic that is not printed.
fn fail(world: &World) -> ! {
    count(&world.n_panics);
    resume_unwind(Box::new("expected"))
}

fn run(seed: u64) -> Rc<World> {
    let world = World::new(seed);
    let theirs = world.clone();
    let root = spawn(move || grow(&theirs, 4));
    world.handles.borrow_mut().push(root.handle());
    let (theirs, end) = (world.clone(), root.handle());
    let killer = spawn(move || {
        while !end.is_dead() {
            sleep(ms(1));
            let victim = {
                let mut handles = theirs.handles.borrow_mut();
                let n = theirs.below(1 + handles.len() as u64 * 4) as usize;
                if n < handles.len() { Some(handles.swap_remove(n)) } else { None }
            };
            if let Some(victim) = victim {
                count(&theirs.n_kills);
                victim.kill();
            }
        }
    });
    let _ended = root.wait();
    killer.wait().unwrap();
    assert!(world.handles.borrow().iter().all(Handle::is_dead));
    world
}

/// The panics that scopes pass on print nothing.
fn silence() {
    std::panic::set_hook(Box::new(|_| ()));
}

#[test]
fn random_trees() {
    check_within(Duration::from_secs(120), || {
        silence();
        debug::pause_clock();
        let mut totals = [0; 5];
        for seed in 1..=1500 {
            let world = run(seed);
            assert_eq!(world.n_violations.get(), 0, "seed {seed}");
            let counts = [
                &world.n_frames,
                &world.n_loans,
                &world.n_kills,
                &world.n_timeouts,
                &world.n_panics,
            ];
            totals.iter_mut().zip(counts).for_each(|(total, n)| *total += n.get());
        }
        let _ = std::panic::take_hook();
        println!("frames, loans, kills, timeouts, panics: {totals:?}");
        assert!(totals.iter().all(|total| *total > 500), "hardly anything happened: {totals:?}");
    });
}

/// The check itself would see a frame that goes too early.
#[test]
fn a_violation_is_seen() {
    check(|| {
        let world = World::new(1);
        let frame = Frame::new(&world);
        mem::forget(frame.lend());
        drop(frame);
        assert_eq!(world.n_violations.get(), 1);
    });
}
