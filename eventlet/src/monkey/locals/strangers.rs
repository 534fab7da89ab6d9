//! Variables whose address means something to others than their thread.
//!
//! Each green thread has values of its own, but all of an OS thread have them at the same place. Two
//! things that most programs contain rely on places:
//!
//! - `parking_lot` queues a thread by the address of a thread-local variable. If that has been dropped,
//!   it takes one on the stack instead, which is right for a green thread; so it is marked as dropped.
//! - std's channels know their own thread by the address of a thread-local variable, and do not wake
//!   whoever has noted the same one. What is noted of a thread is made once for it, and changed then.
//!
//! Both are done on OS threads that have a hub.

use std::cell::Cell;
use std::sync::mpsc::sync_channel;
use std::time::Duration;
use std::{ptr, thread};

use super::elf::Variable;
use super::names;
use super::own;
use super::segment::Segment;
use super::states::States;

thread_local! {
    /// Whether the calling thread's have been seen to.
    static SETTLED: Cell<bool> = const { Cell::new(false) };
}

/// Where those variables are in the block.
#[derive(Default)]
pub(super) struct Strangers {
    /// The marks of `parking_lot`'s, one for each version of it in the program.
    queued: Vec<usize>,
    /// What marks them as dropped.
    dropped: u8,
    channels: Option<Channels>,
}

impl Strangers {
    /// Finds them, and says what does not work because of those that are not understood.
    pub(super) fn find(
        variables: &[Variable],
        segment: &Segment,
        anchor: usize,
    ) -> (Self, Vec<&'static str>) {
        let (mut found, mut failures) = (Strangers::default(), Vec::new());
        let states = States::find_out(variables, segment, anchor);
        let mut queued = variables.iter().filter(|variable| is_queued(variable));
        let marks = queued.try_fold((Vec::new(), 0), |(mut marks, _), variable| {
            let states = states?;
            marks.push(states.mark_of(variable, segment)?);
            Some((marks, states.dropped))
        });
        match marks {
            Some((marks, dropped)) => (found.queued, found.dropped) = (marks, dropped),
            None => failures.push("waiting for a lock of parking_lot makes the OS thread wait"),
        }
        found.channels = states
            .and_then(|states| Channels::find(variables, segment, &states))
            .filter(|channels| channels.are_understood(anchor));
        if found.channels.is_none() {
            failures.push("std's channels do not wake green threads of the sender's OS thread");
        }
        (found, failures)
    }

    /// Whether a variable stays the OS thread's, and is marked as dropped there.
    pub(super) fn keep(&self, variable: &Variable) -> bool {
        !self.queued.is_empty() && is_queued(variable)
    }

    /// Sees to those of the calling thread, once.
    #[inline]
    pub(super) fn settle(&self, block: usize) {
        if !SETTLED.get() {
            self.settle_now(block);
        }
    }

    #[cold]
    fn settle_now(&self, block: usize) {
        SETTLED.set(true);
        for mark in &self.queued {
            let mark: *mut u8 = ptr::with_exposed_provenance_mut(block + mark);
            // SAFETY: it is the mark of a variable of this thread, which nobody else looks at. std
            // does not use a variable that has been dropped, nor drop it again. Someone who waits by
            // its address still can: the memory stays as it is.
            unsafe { mark.write_volatile(self.dropped) };
        }
        if let Some(channels) = &self.channels {
            channels.tell_apart(block);
        }
    }

    /// Sees to a variable of the calling thread that has just been made.
    #[inline]
    pub(super) fn welcome(&self, variable: usize, block: usize) {
        if let Some(channels) = &self.channels
            && variable == block + channels.context
        {
            channels.tell_apart(block);
        }
    }
}

/// Whether `parking_lot` queues threads by its address.
fn is_queued(variable: &Variable) -> bool {
    names::is_in(&variable.name, "parking_lot_core", "11THREAD_DATA")
}

/// What std's channels have of a thread: a pointer to what it waits by, in which the thread is noted.
struct Channels {
    context: usize,
    /// Where the pointer is.
    pointer: usize,
    /// Where it is marked that there is one, and how.
    mark: usize,
    alive: u8,
    /// The variable whose address is noted for the thread.
    identity: usize,
}

/// So many words the pointer leads to: two counts, what was selected, a packet, the handle of the
/// thread, and its identity.
const N_WORDS: usize = 6;

impl Channels {
    fn find(variables: &[Variable], segment: &Segment, states: &States) -> Option<Self> {
        let the_only = |part| {
            let mut parts = variables.iter().filter(|v| names::is_in(&v.name, "std", part));
            let found = parts.next()?;
            parts.next().is_none().then_some(found)
        };
        let context = the_only("4sync4mpmc7context")?;
        let identity = the_only("17current_thread_id5DUMMY")?.offset;
        let mark = states.mark_of(context, segment)?;
        const WORD: usize = size_of::<usize>();
        let pointer =
            if mark < context.offset + WORD { context.offset + WORD } else { context.offset };
        (context.size == 2 * WORD).then_some(Channels {
            context: context.offset,
            pointer,
            mark,
            alive: states.alive,
            identity,
        })
    }

    /// Tries it out, on an OS thread that ends.
    fn are_understood(&self, anchor: usize) -> bool {
        thread::scope(|scope| {
            let trial = scope.spawn(|| {
                let (_sender, receiver) = sync_channel::<()>(0);
                let _ = receiver.recv_timeout(Duration::ZERO);
                self.tell_apart(own::anchor() - anchor)
            });
            trial.join().unwrap_or(false)
        })
    }

    /// Notes for the calling thread, or the green thread whose values are in place, an identity that
    /// nobody else has; says whether it has one now.
    fn tell_apart(&self, block: usize) -> bool {
        let mark: *const u8 = ptr::with_exposed_provenance(block + self.mark);
        let pointer: *const *mut usize = ptr::with_exposed_provenance(block + self.pointer);
        // SAFETY: both are parts of a variable of this thread, as `find` has seen. While it is alive,
        // it holds an `Arc` that has so many words, or nothing while it is in use.
        let noted = unsafe {
            if mark.read_volatile() != self.alive || pointer.read_volatile().is_null() {
                return false;
            }
            pointer.read_volatile()
        };
        // Its own address is nobody's identity: those are addresses of thread-local variables.
        let (identity, unique) = (block + self.identity, noted.addr());
        let is_identity = |&i: &usize| {
            // SAFETY: as above; other threads change words that say what was selected, as a whole.
            let word = unsafe { noted.add(i).read_volatile() };
            word == identity || word == unique
        };
        let mut places = (0..N_WORDS).filter(is_identity);
        let (Some(place), None) = (places.next(), places.next()) else { return false };
        // SAFETY: std compares this word with identities and uses it for nothing else.
        unsafe { noted.add(place).write_volatile(unique) };
        true
    }
}
