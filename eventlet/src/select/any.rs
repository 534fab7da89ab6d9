//! Waiting until one of several things is ready, without taking it.

use std::cmp::Reverse;
use std::iter::FusedIterator;
use std::rc::Rc;
use std::time::Duration;

use slab::Slab;

use super::bell::Bell;
use super::{Source, Waitable};
use crate::hub::{self, Hub, Time};
use crate::waitlist::Ticket;

/// Waits until one of `things` is ready, and says which: the first of them, if several are.
///
/// Nothing is taken. What is ready is so until the caller switches, but those who wait for that
/// thing alone are served first, so this returns when there is something left for others. To take
/// what comes first, use [`select!`](crate::select!): every free unit tells all watchers, so where
/// many want to take, that or `acquire` is the right door.
///
/// # Panics
///
/// Panics if there are no things, since that would be a wait for nothing. Panics in the main
/// context where the hub finds that nothing can ever end the wait.
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
    iwait(things).next().expect("it is never given up")
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
    let deadline = hub::with(|hub| hub.deadline_in(limit));
    iwait(things).next_until(deadline)
}

/// Says which of `things` are ready, one after the other, as they get so; each once.
///
/// `take(n)` waits for so many of them, and [`with_timeout`](crate::with_timeout) around the loop
/// gives it a limit. Every free unit tells all watchers, so where many want to take,
/// [`select!`](crate::select!) or `acquire` is the right door.
///
/// # Panics
///
/// `next` panics in the main context where the hub finds that nothing can ever end the wait.
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
    let mut iwait = IWait { bell: Rc::default(), watched: Slab::new(), moments: Vec::new() };
    for (index, &thing) in things.iter().enumerate() {
        iwait.add(index, thing.source());
    }
    iwait.moments.sort_by_key(|(moment, _)| Reverse(*moment));
    iwait
}

/// The things that get ready, in that order. Made by [`iwait`].
///
/// # Examples
///
/// ```
/// use eventlet::{Event, select::iwait};
///
/// let (first, second) = (Event::<()>::new(), Event::new());
/// let mut ready = iwait(&[&first, &second]);
/// second.send(());
/// assert_eq!(ready.next(), Some(1));
/// assert_eq!(ready.len(), 1);
/// ```
#[must_use = "it waits when it is asked for the next one"]
pub struct IWait<'a> {
    /// What is watched rings it.
    bell: Rc<Bell>,
    /// Those that have not been ready, by their index. None is removed but by `next`.
    watched: Slab<Watched<'a>>,
    /// Those that get ready by themselves, the last one first.
    moments: Vec<(Time, usize)>,
}

struct Watched<'a> {
    source: &'a dyn Source,
    /// None if it was ready from the beginning, or rings by itself.
    ticket: Option<Ticket>,
}

impl<'a> IWait<'a> {
    fn add(&mut self, index: usize, source: &'a dyn Source) {
        let moment = source.deadline();
        let ticket = if source.is_ready() {
            self.bell.ring(index);
            None
        } else if moment < Time::NEVER {
            self.moments.push((moment, index));
            None
        } else {
            Some(source.watch(self.bell.watcher(index)))
        };
        self.watched.insert(Watched { source, ticket });
    }

    /// Waits for the next one, until `deadline`.
    fn next_until(&mut self, deadline: Time) -> Option<usize> {
        while !self.watched.is_empty() || deadline < Time::NEVER {
            self.ring_moments();
            if let Some(index) = self.next_rung() {
                return Some(index);
            }
            if deadline < Time::NEVER && hub::with(Hub::now) >= deadline {
                return None;
            }
            let moment = self.moments.last().map_or(Time::NEVER, |(moment, _)| *moment);
            self.bell.wait(moment.min(deadline)).ready_or_raise();
        }
        None
    }

    fn ring_moments(&mut self) {
        if self.moments.is_empty() {
            return;
        }
        let now = hub::with(Hub::now);
        while let Some((_, index)) = self.moments.pop_if(|(moment, _)| *moment <= now) {
            self.bell.ring(index);
        }
    }

    /// What has rung and is still ready. What somebody has taken meanwhile is watched again.
    fn next_rung(&mut self) -> Option<usize> {
        loop {
            let index = self.bell.next()?;
            let watched = &mut self.watched[index];
            if watched.source.is_ready() {
                self.watched.remove(index);
                return Some(index);
            }
            watched.ticket = Some(watched.source.watch(self.bell.watcher(index)));
        }
    }
}

impl Iterator for IWait<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        self.next_until(Time::NEVER)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.watched.len(), Some(self.watched.len()))
    }
}

impl ExactSizeIterator for IWait<'_> {}

impl FusedIterator for IWait<'_> {}

impl Drop for IWait<'_> {
    fn drop(&mut self) {
        for (_, watched) in &self.watched {
            if let Some(ticket) = watched.ticket {
                watched.source.unwatch(ticket);
            }
        }
    }
}
