//! What a wait for one of several things asks of each of them.

use crate::hub::{Time, Waiter};
use crate::waitlist::Ticket;

/// The hidden half of [`Waitable`](super::Waitable): only this crate implements it.
///
/// There are two ways to be told. A *taker* stands in line like anyone who waits for this thing
/// alone, and when it is woken something is its own: it is not given to anyone else. A *watcher* is
/// woken when there is something that no taker was given, and has no claim to it.
///
/// Where nothing is used up (events, ends of green threads), the two are the same.
pub trait Source {
    /// Takes something aside for the caller, if there is something for it.
    fn reserve(&self) -> bool;

    /// Puts a taker at the end of the line.
    fn join(&self, waiter: Waiter) -> Ticket;

    /// Takes a taker out of the line that was not woken from here.
    fn leave(&self, ticket: Ticket);

    /// Whether `reserve` would succeed.
    fn is_ready(&self) -> bool;

    /// Adds a watcher.
    fn watch(&self, waiter: Waiter) -> Ticket {
        self.join(waiter)
    }

    /// Takes a watcher out.
    fn unwatch(&self, ticket: Ticket) {
        self.leave(ticket);
    }

    /// When it gets ready by itself.
    fn deadline(&self) -> Time {
        Time::NEVER
    }
}
