//! The wait behind `select!`: for one of several things, to take it.

use super::{Select, Source};
use crate::hub::{self, Hub, Time, Wake};
use crate::unwind;
use crate::waitlist::Ticket;

const WHAT: &str = "one of several things";

/// One arm of `select!`.
pub struct Arm<'a, S, C, O> {
    pub source: &'a dyn Source,
    pub thing: &'a S,
    pub claim: C,
    pub take: fn(&'a S, C) -> O,
}

/// Begins to wait for a thing. What cannot be selected is refused here, and only here.
pub fn arm<S: Select>(thing: &S) -> Arm<'_, S, S::Claim, S::Output> {
    Arm { source: thing.source(), thing, claim: thing.claim(), take: S::take_reserved }
}

/// Waits until something is reserved for the caller, and says where.
pub fn choose<const N: usize>(sources: [&dyn Source; N]) -> usize {
    choose_until(sources, Time::NEVER).expect("it is never given up")
}

/// Says where something could be reserved for the caller at once.
pub fn try_choose<const N: usize>(sources: [&dyn Source; N]) -> Option<usize> {
    sources.iter().position(|source| source.reserve())
}

/// Like [`choose`], until `deadline`.
pub(crate) fn choose_until<const N: usize>(
    sources: [&dyn Source; N],
    deadline: Time,
) -> Option<usize> {
    if let Some(index) = try_choose(sources) {
        return Some(index);
    }
    let waiter = hub::with(Hub::begin_wait);
    let mut places = Places { sources, tickets: [Ticket::default(); N], given: None };
    for (index, source) in sources.iter().enumerate() {
        places.tickets[index] = source.join(waiter.tagged(index as u32));
    }
    let wake = hub::park(waiter, WHAT, first_deadline(&sources).min(deadline));
    let given = matches!(wake, Wake::Ready).then(|| hub::with(Hub::woken_by) as usize);
    places.given = given;
    drop(places);
    match wake {
        Wake::Ready => given,
        // It is a moment that has come.
        Wake::TimedOut => sources.iter().position(|source| has_come(*source)),
        Wake::Thrown(payload) => unwind::raise(payload),
    }
}

/// When the first of the sources gets ready by itself.
fn first_deadline(sources: &[&dyn Source]) -> Time {
    sources.iter().map(|source| source.deadline()).min().unwrap_or(Time::NEVER)
}

fn has_come(source: &dyn Source) -> bool {
    source.deadline() < Time::NEVER && source.is_ready()
}

/// The places of one who waits in several lines: left when this is dropped, also if the wait ends by
/// a panic.
struct Places<'a, const N: usize> {
    sources: [&'a dyn Source; N],
    tickets: [Ticket; N],
    /// Where something was given, and no place is left.
    given: Option<usize>,
}

impl<const N: usize> Drop for Places<'_, N> {
    fn drop(&mut self) {
        for (index, source) in self.sources.iter().enumerate() {
            if self.given != Some(index) {
                source.leave(self.tickets[index]);
            }
        }
    }
}
