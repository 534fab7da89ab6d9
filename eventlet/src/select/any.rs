//! Waiting until one of several things is ready, without taking it.

use std::iter::FusedIterator;
use std::time::Duration;

use super::choose::first_deadline;
use super::{Source, Waitable};
use crate::hub::{self, Hub, Time, Wake};
use crate::unwind;

/// Waits until one of `things` is ready, and says which: the first of them, if several are.
///
/// Nothing is taken. What is ready is so until the caller switches, but those who wait for that
/// thing alone are served first, so this returns when there is something left for others. To take what
/// comes first, use [`select!`](crate::select!).
///
/// # Panics
///
/// Panics if there are no things, since that would be a wait for nothing.
///
/// # Switching
///
/// Switches unless one is ready, even while the caller unwinds.
///
/// # Examples
///
/// ```
/// use eventlet::select::wait_any;
/// use eventlet::{Event, Semaphore, spawn};
///
/// let (event, semaphore) = (Event::new(), Semaphore::new(0));
/// let theirs = event.clone();
/// spawn(move || theirs.send("ready"));
/// assert_eq!(wait_any(&[&semaphore, &event]), 1);
/// ```
#[doc(alias = "wait")]
#[track_caller]
pub fn wait_any(things: &[&dyn Waitable]) -> usize {
    assert!(!things.is_empty(), "wait_any was given nothing to wait for");
    first_ready(things, Time::NEVER).expect("it is never given up")
}

/// Like [`wait_any`], for no longer than `limit`. Without any things, that is how long it takes.
///
/// # Switching
///
/// Switches unless one is ready, even while the caller unwinds.
///
/// # Examples
///
/// ```
/// use eventlet::select::wait_any_timeout;
/// use std::time::Duration;
///
/// let thread = eventlet::spawn(|| eventlet::sleep(Duration::from_secs(60)));
/// assert_eq!(wait_any_timeout(&[&thread], Duration::from_millis(1)), None);
/// ```
pub fn wait_any_timeout(things: &[&dyn Waitable], limit: Duration) -> Option<usize> {
    first_ready(things, hub::with(|hub| hub.deadline_in(limit)))
}

/// Says which of `things` are ready, one after the other, as they get so; each once.
///
/// `take(n)` waits for so many of them, and [`with_timeout`](crate::with_timeout) around the loop
/// gives it a limit.
///
/// # Switching
///
/// `next` switches unless one is ready, even while the caller unwinds.
///
/// # Examples
///
/// ```
/// use eventlet::select::{after, iwait};
/// use std::time::Duration;
///
/// let soon = after(Duration::from_millis(1));
/// let thread = eventlet::spawn(|| ());
/// assert_eq!(iwait(&[&soon, &thread]).collect::<Vec<_>>(), [1, 0]);
/// ```
pub fn iwait<'a>(things: &[&'a dyn Waitable]) -> IWait<'a> {
    IWait { things: things.iter().copied().enumerate().collect() }
}

/// The things that get ready, in that order. Made by [`iwait`].
#[must_use = "it waits when it is asked for the next one"]
pub struct IWait<'a> {
    /// Those that have not been ready, each with its index.
    things: Vec<(usize, &'a dyn Waitable)>,
}

impl Iterator for IWait<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.things.is_empty() {
            return None;
        }
        let things: Vec<_> = self.things.iter().map(|(_, thing)| *thing).collect();
        let place = first_ready(&things, Time::NEVER).expect("it is never given up");
        Some(self.things.remove(place).0)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.things.len(), Some(self.things.len()))
    }
}

impl ExactSizeIterator for IWait<'_> {}

impl FusedIterator for IWait<'_> {}

fn first_ready(things: &[&dyn Waitable], deadline: Time) -> Option<usize> {
    let sources: Vec<_> = things.iter().map(|thing| thing.source()).collect();
    loop {
        if let Some(index) = sources.iter().position(|source| source.is_ready()) {
            return Some(index);
        }
        if deadline < Time::NEVER && hub::with(Hub::now) >= deadline {
            return None;
        }
        watch(&sources, deadline);
    }
}

/// Waits until one of the sources says that it is ready, or a deadline has passed.
fn watch(sources: &[&dyn Source], deadline: Time) {
    let waiter = hub::with(Hub::begin_wait);
    let tickets: Vec<_> = sources.iter().map(|source| source.watch(waiter.clone())).collect();
    let wake = hub::park(waiter, "any of several things", first_deadline(sources).min(deadline));
    for (source, ticket) in sources.iter().zip(tickets) {
        source.unwatch(ticket);
    }
    if let Wake::Thrown(payload) = wake {
        unwind::raise(payload);
    }
}
