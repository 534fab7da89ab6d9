//! What the ends of a channel share.
//!
//! ```text
//!   senders that wait, each with its message ─► queue ─► receivers that wait
//!   (only while the queue is full)                       (only while there is no message)
//! ```
//!
//! A receiver that is woken takes its message itself. So one that is killed instead has taken
//! nothing; it only passes the wake on. A message leaves its sender when it is in the queue, or,
//! where there is no queue, when a receiver takes it.

use std::collections::VecDeque;
use std::sync::mpsc::{RecvTimeoutError, SendError, TryRecvError, TrySendError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::hub::{self, RemoteWaiter, Time, Wake};
use crate::unwind;

pub(super) struct Channel<T> {
    state: Mutex<State<T>>,
}

struct State<T> {
    queue: VecDeque<T>,
    /// How many messages the queue may have; none for any number.
    capacity: Option<usize>,
    n_senders: usize,
    has_receiver: bool,
    /// Senders that wait, oldest first.
    blocked: VecDeque<Blocked<T>>,
    /// Calls that wait for a message, oldest first. There may be several: a `Receiver` can be
    /// shared by the green threads of a hub.
    receivers: VecDeque<Waiting>,
    next_ticket: u64,
}

struct Blocked<T> {
    ticket: u64,
    message: T,
    /// Gone once there is no receiver any more.
    waiter: Option<RemoteWaiter>,
}

struct Waiting {
    ticket: u64,
    waiter: RemoteWaiter,
}

impl<T> State<T> {
    fn has_room(&self) -> bool {
        self.capacity.is_none_or(|capacity| self.queue.len() < capacity)
    }

    fn has_message(&self) -> bool {
        !self.queue.is_empty() || !self.blocked.is_empty()
    }

    fn take_ticket(&mut self) -> u64 {
        self.next_ticket += 1;
        self.next_ticket
    }

    /// The receiver that has waited longest, to be woken.
    fn next_receiver(&mut self) -> Option<RemoteWaiter> {
        self.receivers.pop_front().map(|waiting| waiting.waiter)
    }

    /// Takes the message of a sender that still waits.
    fn withdraw(&mut self, ticket: u64) -> Option<T> {
        let index = self.blocked.iter().position(|blocked| blocked.ticket == ticket)?;
        self.blocked.remove(index).map(|blocked| blocked.message)
    }

    /// The next message, and the sender that it, or the room it has left, allows to go on.
    fn next_message(&mut self) -> Option<(T, Option<RemoteWaiter>)> {
        let Some(message) = self.queue.pop_front() else {
            let blocked = self.blocked.pop_front()?;
            return Some((blocked.message, blocked.waiter));
        };
        if !self.has_room() {
            return Some((message, None));
        }
        let sender = self.blocked.pop_front().and_then(|blocked| {
            self.queue.push_back(blocked.message);
            blocked.waiter
        });
        Some((message, sender))
    }
}

fn wake(waiter: Option<RemoteWaiter>) {
    if let Some(waiter) = waiter {
        waiter.wake();
    }
}

impl<T> Channel<T> {
    /// With one sender and a receiver.
    pub(super) fn new(capacity: Option<usize>) -> Arc<Self> {
        let state = State {
            queue: VecDeque::new(),
            capacity,
            n_senders: 1,
            has_receiver: true,
            blocked: VecDeque::new(),
            receivers: VecDeque::new(),
            next_ticket: 0,
        };
        Arc::new(Channel { state: Mutex::new(state) })
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add_sender(&self) {
        self.state().n_senders += 1;
    }

    pub(super) fn remove_sender(&self) {
        let receivers = {
            let mut state = self.state();
            state.n_senders -= 1;
            if state.n_senders > 0 {
                return;
            }
            std::mem::take(&mut state.receivers)
        };
        receivers.iter().for_each(|waiting| waiting.waiter.wake());
    }

    /// Drops the messages that nobody will receive; senders that wait get theirs back.
    pub(super) fn remove_receiver(&self) {
        let mut state = self.state();
        state.has_receiver = false;
        let messages = std::mem::take(&mut state.queue);
        let senders: Vec<_> =
            state.blocked.iter_mut().filter_map(|blocked| blocked.waiter.take()).collect();
        drop(state);
        senders.iter().for_each(RemoteWaiter::wake);
        drop(messages);
    }

    /// Sends, waiting for room.
    pub(super) fn send(&self, message: T) -> Result<(), SendError<T>> {
        match self.push(message, false) {
            Ok(()) => Ok(()),
            Err(TrySendError::Disconnected(message)) => Err(SendError(message)),
            Err(TrySendError::Full(message)) => self.send_blocked(message),
        }
    }

    /// Sends if there is room, or, where there is no queue, if a receiver waits.
    pub(super) fn try_send(&self, message: T) -> Result<(), TrySendError<T>> {
        self.push(message, true)
    }

    /// Puts a message into the queue; `beyond` its capacity of 0, if a receiver is waiting for it.
    fn push(&self, message: T, beyond: bool) -> Result<(), TrySendError<T>> {
        let mut state = self.state();
        if !state.has_receiver {
            return Err(TrySendError::Disconnected(message));
        }
        let is_awaited = state.capacity == Some(0) && !state.receivers.is_empty();
        let may = state.has_room() || beyond && is_awaited;
        if !may {
            return Err(TrySendError::Full(message));
        }
        state.queue.push_back(message);
        let receiver = state.next_receiver();
        drop(state);
        wake(receiver);
        Ok(())
    }

    fn send_blocked(&self, message: T) -> Result<(), SendError<T>> {
        let mut offer = Offer { channel: self, message: Some(message), ticket: None };
        let what = "room in a channel";
        let woken =
            hub::with(|hub| hub.wait_for_anyone(what, Time::NEVER, |waiter| offer.make(waiter)));
        offer.take_back();
        let rest = offer.message.take();
        if let Wake::Thrown(payload) = woken {
            drop(rest);
            unwind::raise(payload);
        }
        rest.map_or(Ok(()), |message| Err(SendError(message)))
    }

    pub(super) fn try_receive(&self) -> Result<T, TryRecvError> {
        let mut state = self.state();
        match state.next_message() {
            Some((message, sender)) => {
                drop(state);
                wake(sender);
                Ok(message)
            }
            None if state.n_senders == 0 => Err(TryRecvError::Disconnected),
            None => Err(TryRecvError::Empty),
        }
    }

    /// Receives, waiting for a message until `deadline`.
    pub(super) fn receive(&self, deadline: Time) -> Result<T, RecvTimeoutError> {
        let mut is_late = false;
        loop {
            match self.try_receive() {
                Ok(message) => return Ok(message),
                Err(TryRecvError::Disconnected) => return Err(RecvTimeoutError::Disconnected),
                Err(TryRecvError::Empty) if is_late => return Err(RecvTimeoutError::Timeout),
                Err(TryRecvError::Empty) => {}
            }
            let mut place = Place { channel: self, ticket: None };
            let what = "a message in a channel";
            let woken =
                hub::with(|hub| hub.wait_for_anyone(what, deadline, |waiter| place.take(waiter)));
            match woken {
                Wake::Ready => place.ticket = None,
                Wake::TimedOut => {
                    place.leave();
                    is_late = true;
                }
                Wake::Thrown(payload) => {
                    drop(place);
                    unwind::raise(payload);
                }
            }
        }
    }
}

/// A message that waits for room, or to be taken.
struct Offer<'a, T> {
    channel: &'a Channel<T>,
    /// Before it is offered, and when it has come back.
    message: Option<T>,
    ticket: Option<u64>,
}

impl<T> Offer<'_, T> {
    /// Says whether there is anything to wait for.
    fn make(&mut self, waiter: RemoteWaiter) -> bool {
        let mut state = self.channel.state();
        if !state.has_receiver {
            return false;
        }
        let Some(message) = self.message.take() else { return false };
        let must_wait = !state.has_room();
        if must_wait {
            let ticket = state.take_ticket();
            state.blocked.push_back(Blocked { ticket, message, waiter: Some(waiter) });
            self.ticket = Some(ticket);
        } else {
            state.queue.push_back(message);
        }
        let receiver = state.next_receiver();
        drop(state);
        wake(receiver);
        must_wait
    }

    /// Takes the message back if it has not left.
    fn take_back(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.message = self.channel.state().withdraw(ticket);
        }
    }
}

impl<T> Drop for Offer<'_, T> {
    fn drop(&mut self) {
        self.take_back();
    }
}

/// A receiver's place among those that wait.
struct Place<'a, T> {
    channel: &'a Channel<T>,
    ticket: Option<u64>,
}

impl<T> Place<'_, T> {
    /// Says whether there is anything to wait for.
    fn take(&mut self, waiter: RemoteWaiter) -> bool {
        let mut state = self.channel.state();
        if state.has_message() || state.n_senders == 0 {
            return false;
        }
        let ticket = state.take_ticket();
        state.receivers.push_back(Waiting { ticket, waiter });
        self.ticket = Some(ticket);
        true
    }

    /// Leaves the place, and says whether the receiver had been called from it.
    fn leave(&mut self) -> bool {
        let Some(ticket) = self.ticket.take() else { return false };
        let mut state = self.channel.state();
        let place = state.receivers.iter().position(|waiting| waiting.ticket == ticket);
        place.and_then(|index| state.receivers.remove(index)).is_none()
    }
}

impl<T> Drop for Place<'_, T> {
    /// Who was called from it, and does not come, lets the next one be called.
    fn drop(&mut self) {
        if !self.leave() {
            return;
        }
        let next = {
            let mut state = self.channel.state();
            if state.has_message() { state.next_receiver() } else { None }
        };
        wake(next);
    }
}
