//! Results that any OS thread may fetch.

use std::cell::Cell;
use std::mem;
use std::rc::Rc;
use std::sync::Arc;
use std::{io, panic};

use super::exit::Exit;
use super::identity::Identity;
use super::packet::{Outlet, Packet, Passed};
use super::{Builder, scope, start};
use crate::hub::{self, Body, Home, Hub, RemoteWaiter, Time, Wake};
use crate::oslock::{Mutex, MutexGuard};
use crate::unwind;

/// A result on its way, and whose it is.
type Sent<T> = (Arc<Parcel<T>>, Arc<Identity>);

impl Builder {
    /// Starts a green thread whose result any OS thread may fetch.
    #[track_caller]
    pub(crate) fn spawn_parcel<F, T>(self, f: F) -> io::Result<Sent<T>>
    where
        F: FnOnce() -> T + 'static,
        T: 'static,
    {
        self.send_parcel(f, |body| body)
    }

    /// Like [`spawn_parcel`](Builder::spawn_parcel), for a closure and a result that may borrow.
    ///
    /// # Safety
    ///
    /// What they borrow must be there until the green thread has ended, or for ever if it does not.
    #[allow(unsafe_code, reason = "std has it so")]
    #[track_caller]
    pub(crate) unsafe fn spawn_parcel_unchecked<'a, F, T>(self, f: F) -> io::Result<Sent<T>>
    where
        F: FnOnce() -> T + 'a,
        T: 'a,
    {
        // SAFETY: the caller promises what `unbind` asks for.
        self.send_parcel(f, |body: Rc<dyn Body + 'a>| unsafe { scope::unbind(body) })
    }

    #[track_caller]
    fn send_parcel<'a, F, T>(
        self,
        f: F,
        unbind: impl FnOnce(Rc<dyn Body + 'a>) -> Rc<dyn Body>,
    ) -> io::Result<Sent<T>>
    where
        F: FnOnce() -> T + 'a,
        T: 'a,
    {
        let (spec, when) = self.into_spec(panic::Location::caller())?;
        let parcel = hub::with(Parcel::new);
        let packet = Packet::with_outlet(f, Sender::new(parcel.clone()));
        let fiber = start(spec, when, unbind(Rc::new(packet)))?;
        Ok((parcel, Identity::of(&fiber).clone()))
    }
}

/// Shared by a green thread and the handle that waits for its result, wherever that is.
pub(crate) struct Parcel<T> {
    state: Mutex<State<T>>,
    /// The hub of the green thread.
    home: Home,
}

enum State<T> {
    /// It has not ended; who waits for that.
    Running(Option<RemoteWaiter>),
    /// It has ended.
    Ended(Result<T, Exit>),
    /// It has ended, and the result has been fetched.
    Fetched,
}

impl<T> Parcel<T> {
    /// That of a green thread of this hub.
    pub(super) fn new(hub: &Hub) -> Arc<Self> {
        Arc::new(Parcel { state: Mutex::new(State::Running(None)), home: Home::of(hub) })
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock()
    }

    pub(crate) fn has_ended(&self) -> bool {
        !matches!(*self.state(), State::Running(_))
    }

    /// Waits for the result of the green thread with this id, which is fetched once. Raises what is
    /// thrown meanwhile.
    pub(crate) fn fetch(&self, id: u64) -> Result<T, Exit> {
        loop {
            if let Some(result) = self.take() {
                return result;
            }
            let (wake, has_home) = if self.home.is_here() {
                let current = hub::with(Hub::current_id);
                assert!(current != id, "a green thread cannot wait for itself");
                (self.wait_here(), true)
            } else {
                self.wait_abroad()
            };
            if let Wake::Thrown(payload) = wake {
                self.join(None);
                unwind::raise(payload);
            }
            if !has_home {
                return self.take().unwrap_or_else(|| Err(Exit::abandoned()));
            }
        }
    }

    fn take(&self) -> Option<Result<T, Exit>> {
        let mut state = self.state();
        match mem::replace(&mut *state, State::Fetched) {
            State::Ended(result) => Some(result),
            other => {
                *state = other;
                None
            }
        }
    }

    /// Notes who waits, and says whether there is anything to wait for.
    fn join(&self, waiter: Option<RemoteWaiter>) -> bool {
        let State::Running(joiner) = &mut *self.state() else { return false };
        *joiner = waiter;
        true
    }

    fn wait_here(&self) -> Wake {
        let what = "the end of a green thread";
        hub::with(|hub| hub.wait_for_own(what, Time::NEVER, |waiter| self.join(Some(waiter))))
    }

    /// Also says whether the hub of the green thread was still there.
    fn wait_abroad(&self) -> (Wake, bool) {
        let what = "the end of a green thread of another hub";
        let mut mourning = None;
        let register = |waiter: RemoteWaiter| {
            mourning = self.home.mourn(waiter.clone());
            mourning.is_some() && self.join(Some(waiter))
        };
        let wake = hub::wait_for_anyone(what, Time::NEVER, register);
        (wake, mourning.is_some())
    }

    /// Leaves the result, and wakes who waits for it.
    fn end(&self, result: Result<T, Exit>) {
        let was = mem::replace(&mut *self.state(), State::Ended(result));
        if let State::Running(Some(joiner)) = was {
            joiner.wake();
        }
    }
}

/// The green thread's half of a parcel.
pub(super) struct Sender<T> {
    /// Gone when the result is on its way.
    parcel: Cell<Option<Arc<Parcel<T>>>>,
}

impl<T> Sender<T> {
    pub(super) fn new(parcel: Arc<Parcel<T>>) -> Self {
        Sender { parcel: Cell::new(Some(parcel)) }
    }
}

impl<T> Outlet<T> for Sender<T> {
    fn pass(&self, result: Result<T, Exit>) -> Passed<T> {
        let parcel = self.parcel.take().expect("a green thread ends once");
        parcel.end(result);
        // If the handle is gone, this is the last one who can fetch it.
        match Arc::into_inner(parcel).and_then(|parcel| parcel.take()) {
            Some(result) => Passed::Unwanted(result),
            None => Passed::On,
        }
    }
}
