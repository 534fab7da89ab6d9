//! The OS thread of a hub that `spawn_hub` has made.
//!
//! ```text
//!   serve others ──► shutdown asked for ──► drain ──► kill ──► abandon ──► end
//!        │                                    ▲  (limit)  (grace)
//!        └────────── the last handle is gone ─┘
//! ```

use std::cell::{Cell, OnceCell, RefCell};
use std::io;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use super::control::{Control, Phase};
use super::{Shutdown, residents};
use crate::greenthread::{self, Handle};
use crate::hub::{self, Address, Hub, Time, Waiter, Wake};
use crate::unwind;

/// How long green threads that were killed may take to end.
pub(super) const GRACE: Duration = Duration::from_secs(1);

/// How a hub says that it has begun, or why it cannot.
pub(super) type Begun = io::Result<(u64, Address)>;

thread_local! {
    /// Set on the OS thread of a hub that `spawn_hub` has made.
    static LIFE: OnceCell<Life> = const { OnceCell::new() };
}

struct Life {
    control: Arc<Control>,
    /// The main context, when it waits.
    waiter: Cell<Option<Waiter>>,
    /// Green threads of the hub that wait for its end.
    leaving: RefCell<Vec<u64>>,
    outcome: Cell<Shutdown>,
}

impl Drop for Life {
    /// Made before the hub, it is dropped after it: then all but nothing is left of the OS thread.
    fn drop(&mut self) {
        self.control.end(self.outcome.take());
    }
}

fn with<R>(f: impl FnOnce(&Life) -> R) -> Option<R> {
    LIFE.try_with(|life| life.get().map(f)).ok().flatten()
}

/// The control of this thread's hub, if it has one.
pub(super) fn control() -> Option<Arc<Control>> {
    with(|life| life.control.clone())
}

/// Lets the main context look at what it should be doing.
pub(super) fn look() {
    if let Some(waiter) = with(|life| life.waiter.take()).flatten() {
        waiter.wake();
    }
}

/// Notes, until the guard is dropped, that the caller waits for the end of its own hub.
pub(super) fn leave() -> Leaving {
    let fiber = hub::with(Hub::current_fiber);
    assert!(!fiber.is_main, "a hub cannot wait for its own end");
    with(|life| life.leaving.borrow_mut().push(fiber.id));
    Leaving { id: fiber.id }
}

pub(super) struct Leaving {
    id: u64,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        with(|life| life.leaving.borrow_mut().retain(|id| *id != self.id));
    }
}

/// The OS thread, from its first to its last line.
pub(super) fn run(control: Arc<Control>, begun: SyncSender<Begun>) {
    let life = Life {
        control,
        waiter: Cell::default(),
        leaving: RefCell::default(),
        outcome: Cell::default(),
    };
    LIFE.with(|cell| cell.set(life).ok().expect("a thread lives once"));
    if let Err(error) = hub::make() {
        let _ = begun.send(Err(error));
        return;
    }
    let hub = hub::current();
    let _ = begun.send(Ok((hub.id, Address::of(&hub))));
    drop(begun);
    let outcome = unwind::catch(|| LIFE.with(|life| live(&hub, life.get().expect("just set"))));
    let outcome = outcome.unwrap_or_else(|payload| {
        let panic = unwind::message(&*payload).to_owned();
        unwind::dispose(payload);
        Shutdown { panic: Some(panic), ..Shutdown::default() }
    });
    hub.close_inbox();
    residents::abandon_all();
    with(|life| life.outcome.set(report(&hub, &life.control.name, outcome)));
}

/// The main context: it waits for something to do, and for the end.
fn live(hub: &Hub, life: &Life) -> Shutdown {
    let mut outcome = Shutdown::default();
    let have_ended = drain(hub, life, Time::NEVER);
    life.control.ignore_limits();
    if !have_ended {
        for thread in others(hub, life) {
            if !thread.is_dead() {
                outcome.killed += 1;
                thread.kill();
            }
        }
    }
    let grace = hub.now().after(GRACE);
    drain(hub, life, grace);
    for thread in greenthread::all(hub).iter().filter(|thread| life.is_leaving(thread)) {
        thread.kill();
    }
    drain(hub, life, grace);
    outcome
}

/// Serves until the hub is to end, and then until all its green threads have ended or the limit
/// has passed; says whether all have ended.
fn drain(hub: &Hub, life: &Life, mut deadline: Time) -> bool {
    let mut watched: Vec<Handle> = Vec::new();
    loop {
        // Begun before it looks, so that being told to look again is not lost.
        let waiter = hub.begin_wait();
        life.waiter.set(Some(waiter.clone()));
        let is_ending = match life.control.phase() {
            Phase::Serving => false,
            Phase::Deserted => true,
            Phase::Draining(limit) => {
                let limit = limit.map_or(Time::NEVER, |limit| hub.now().after(limit));
                deadline = deadline.min(limit);
                true
            }
        };
        // What was sent before nobody could send any more has been accepted.
        hub.take_mail();
        if is_ending && !life.watch(hub, &mut watched) {
            return true;
        }
        match hub::park(waiter, "work from other hubs", deadline) {
            // One that has ended may not be dead yet: it is let go on.
            Wake::Ready => hub::yield_now(),
            Wake::TimedOut => return false,
            Wake::Thrown(payload) => unwind::raise(payload),
        }
    }
}

/// The green threads that do not wait for the end of their hub.
fn others(hub: &Hub, life: &Life) -> Vec<Handle> {
    let mut all = greenthread::all(hub);
    all.retain(|thread| !life.is_leaving(thread));
    all
}

impl Life {
    fn is_leaving(&self, thread: &Handle) -> bool {
        self.leaving.borrow().contains(&thread.id())
    }

    /// Has the main context woken at the end of a green thread; says false if there is none left.
    fn watch(&self, hub: &Hub, watched: &mut Vec<Handle>) -> bool {
        while watched.pop_if(|thread| thread.is_dead() || self.is_leaving(thread)).is_some() {}
        if watched.is_empty() {
            *watched = others(hub, self);
        }
        let Some(last) = watched.last() else { return false };
        last.link(|_| look());
        true
    }
}

/// Says on stderr what went wrong.
fn report(hub: &Hub, name: &str, mut outcome: Shutdown) -> Shutdown {
    outcome.abandoned = greenthread::all(hub).len();
    if let Some(panic) = &outcome.panic {
        notice!("eventlet: the hub '{name}' has ended by a panic: {panic}");
    }
    if outcome.abandoned > 0 {
        let mut text = String::new();
        hub.list_fibers(&mut text);
        notice!("eventlet: the hub '{name}' has ended and abandons green threads:{text}");
    }
    outcome
}
