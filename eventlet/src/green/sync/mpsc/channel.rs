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
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, SendError, TryRecvError, TrySendError};

use super::waits::{Offer, Place};
use crate::hub::{self, RemoteWaiter, Time, Wake};
use crate::oslock::{Mutex, MutexGuard};
use crate::unwind;

pub(super) struct Channel<T> {
    state: Mutex<State<T>>,
}

pub(super) struct State<T> {
    pub(super) queue: VecDeque<T>,
    /// How many messages the queue may have; none for any number.
    capacity: Option<usize>,
    pub(super) n_senders: usize,
    pub(super) has_receiver: bool,
    /// Senders that wait, oldest first.
    pub(super) blocked: VecDeque<Blocked<T>>,
    /// Calls that wait for a message, oldest first. There may be several: a `Receiver` can be
    /// shared by the green threads of a hub.
    pub(super) receivers: VecDeque<Waiting>,
    /// Those who wait have tickets that grow, so that one is found quickly among many.
    next_ticket: u64,
}

pub(super) struct Blocked<T> {
    pub(super) ticket: u64,
    pub(super) message: T,
    /// Gone once there is no receiver any more.
    pub(super) waiter: Option<RemoteWaiter>,
}

pub(super) struct Waiting {
    pub(super) ticket: u64,
    pub(super) waiter: RemoteWaiter,
}

impl<T> State<T> {
    pub(super) fn has_room(&self) -> bool {
        self.capacity.is_none_or(|capacity| self.queue.len() < capacity)
    }

    pub(super) fn has_message(&self) -> bool {
        !self.queue.is_empty() || !self.blocked.is_empty()
    }

    pub(super) fn take_ticket(&mut self) -> u64 {
        self.next_ticket += 1;
        self.next_ticket
    }

    /// The receiver that has waited longest, to be woken.
    pub(super) fn next_receiver(&mut self) -> Option<RemoteWaiter> {
        self.receivers.pop_front().map(|waiting| waiting.waiter)
    }

    /// Takes the message of a sender that still waits.
    pub(super) fn withdraw(&mut self, ticket: u64) -> Option<T> {
        let index = self.blocked.binary_search_by_key(&ticket, |blocked| blocked.ticket).ok()?;
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

pub(super) fn wake(waiter: Option<RemoteWaiter>) {
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

    pub(super) fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock()
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
        let mut offer = Offer::new(self, message);
        let what = "room in a channel";
        let woken = hub::wait_for_anyone(what, Time::NEVER, |waiter| offer.make(waiter));
        let rest = offer.into_message();
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
            let mut place = Place::new(self);
            let what = "a message in a channel";
            let woken = hub::wait_for_anyone(what, deadline, |waiter| place.take(waiter));
            match woken {
                Wake::Ready => place.forget(),
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
