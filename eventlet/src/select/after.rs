//! Moments that can be waited for together with other things.

use std::marker::PhantomData;
use std::rc::Rc;
use std::time::{Duration, Instant};

use super::{Select, Source, Waitable, Watcher};
use crate::hub::{self, Hub, Time, Waiter};
use crate::waitlist::Ticket;

/// A moment to come. Made by [`after`] and [`at`].
///
/// Once it has come it stays ready. It is one of the hub's clock, so it stays on its OS thread:
///
/// ```compile_fail
/// fn assert_send<T: Send>(_: T) {}
/// assert_send(eventlet::select::after(std::time::Duration::ZERO));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct After {
    moment: Time,
    /// Other hubs reckon from another beginning.
    _of_this_hub: PhantomData<Rc<()>>,
}

impl After {
    fn new(moment: Time) -> Self {
        After { moment, _of_this_hub: PhantomData }
    }
}

/// The moment when `delay` has passed from now, to be waited for with
/// [`select!`](crate::select!), [`wait_any`](super::wait_any) or [`iwait`](super::iwait).
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use eventlet::select::{after, wait_any};
/// use std::time::Duration;
///
/// let (late, soon) = (after(Duration::from_secs(60)), after(Duration::from_millis(1)));
/// assert_eq!(wait_any(&[&late, &soon]), 1);
/// ```
pub fn after(delay: Duration) -> After {
    After::new(hub::with(|hub| hub.deadline_in(delay)))
}

/// The moment that std's clock calls `instant`; see [`after`].
///
/// # Switching
///
/// Never switches.
///
/// # Examples
///
/// ```
/// use eventlet::select::{at, wait_any};
/// use std::time::Instant;
///
/// assert_eq!(wait_any(&[&at(Instant::now())]), 0);
/// ```
pub fn at(instant: Instant) -> After {
    After::new(hub::with(|hub| hub.deadline_at(instant)))
}

impl Source for After {
    fn reserve(&self) -> bool {
        self.is_ready()
    }

    /// The wait itself ends at [`deadline`](Source::deadline); nobody is to wake it.
    fn join(&self, _waiter: Waiter) -> Ticket {
        Ticket::default()
    }

    fn leave(&self, _ticket: Ticket) {}

    fn watch(&self, _watcher: Watcher) -> Ticket {
        Ticket::default()
    }

    fn unwatch(&self, _ticket: Ticket) {}

    fn is_ready(&self) -> bool {
        hub::with(Hub::now) >= self.moment
    }

    fn deadline(&self) -> Time {
        self.moment
    }
}

impl Waitable for After {
    fn source(&self) -> &dyn Source {
        self
    }
}

impl Select for After {
    type Output = ();
    type Claim = ();

    fn claim(&self) {}

    fn take_reserved(&self, _claim: ()) {}
}
