//! What a wait for one of several things asks of each of them.

use super::Watcher;
use crate::hub::{Time, Waiter};
use crate::waitlist::Ticket;

/// The hidden half of [`Waitable`](super::Waitable): only this crate implements it.
///
/// There are two ways to be told. A *taker* stands in line like anyone who waits for this thing
/// alone, and when it is woken something is its own: it is not given to anyone else. A *watcher* is
/// told when there is something that no taker was given, and has no claim to it.
pub trait Source {
    /// Takes something aside for the caller, if there is something for it.
    fn reserve(&self) -> bool;

    /// Puts a taker at the end of the line.
    fn join(&self, waiter: Waiter) -> Ticket;

    /// Takes a taker out of the line that was not woken from here.
    fn leave(&self, ticket: Ticket);

    /// Whether `reserve` would succeed.
    fn is_ready(&self) -> bool;

    /// Adds a watcher, which is told once.
    fn watch(&self, watcher: Watcher) -> Ticket;

    /// Takes a watcher out that has not been told.
    fn unwatch(&self, ticket: Ticket);

    /// When it gets ready by itself.
    fn deadline(&self) -> Time {
        Time::NEVER
    }
}
