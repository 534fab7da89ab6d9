//! Asking hubs something, in the middle of whatever they do.
//!
//! ```text
//!   ask ──► a question for each hub ──► its inbox ──► answered between two turns ──┐
//!        ◄───────────────────────────── when all have answered, or time is up ◄────┘
//! ```
//!
//! A hub answers when it next reads its mail. It does not while a green thread computes, the main
//! context runs, or its OS thread blocks: so nobody waits for ever, and who is asked again and again
//! without an answer is asked no more until it has caught up.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::outside::RemoteWaiter;
use super::{Hub, registry, with};
use crate::oslock::Mutex;

/// So many questions may wait for one hub.
const MOST_QUESTIONS: usize = 16;

/// Which hubs to ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Whom {
    /// The caller's.
    This,
    One(u64),
    All,
}

impl Whom {
    fn means(self, id: u64, this: u64) -> bool {
        match self {
            Whom::This => id == this,
            Whom::One(one) => id == one,
            Whom::All => true,
        }
    }
}

/// What a hub has said; nothing if it did not come to it, or has ended meanwhile.
pub(crate) struct Answer<T> {
    pub(crate) hub: u64,
    pub(crate) said: Option<T>,
}

/// Asks hubs, and returns their answers in the order of their ids. Those that take longer than
/// `limit` are not waited for.
///
/// `question` runs in the hub itself: it must not unwind, wait, or run code of the user's.
pub(crate) fn ask<T: Send + 'static>(
    whom: Whom,
    limit: Duration,
    question: impl Fn(&Hub) -> T + Clone + Send + 'static,
) -> Vec<Answer<T>> {
    let this = with(|hub| hub.id);
    let survey = Arc::new(Survey::default());
    let mut ids = Vec::new();
    if whom.means(this, this) {
        let answer = with(&question);
        survey.answer(this, answer);
        ids.push(this);
    }
    for (id, address, n_questions) in registry::addresses(|id| id != this && whom.means(id, this)) {
        ids.push(id);
        if let Some(duty) = Duty::new(&survey, n_questions) {
            let question = question.clone();
            address.instruct(Box::new(move |hub| duty.survey.answer(hub.id, question(hub))));
        }
    }
    ids.sort_unstable();
    survey.wait(limit);
    let mut answers = std::mem::take(&mut survey.state.lock().answers);
    ids.into_iter().map(|hub| Answer { hub, said: answers.remove(&hub) }).collect()
}

/// What those who answer share with who asks.
struct Survey<T> {
    state: Mutex<State<T>>,
}

struct State<T> {
    answers: BTreeMap<u64, T>,
    /// How many have neither answered nor let go of the question.
    n_missing: usize,
    /// Who asks.
    waiter: Option<RemoteWaiter>,
}

impl<T> Default for Survey<T> {
    fn default() -> Self {
        let state = State { answers: BTreeMap::new(), n_missing: 0, waiter: None };
        Survey { state: Mutex::new(state) }
    }
}

impl<T> Survey<T> {
    fn answer(&self, hub: u64, answer: T) {
        self.state.lock().answers.insert(hub, answer);
    }

    /// Waits until nobody is missing.
    fn wait(&self, limit: Duration) {
        let register = |waiter| {
            let mut state = self.state.lock();
            let must_wait = state.n_missing > 0;
            if must_wait {
                state.waiter = Some(waiter);
            }
            must_wait
        };
        let wake = with(|hub| {
            hub.wait_for_outside("the answers of other hubs", hub.deadline_in(limit), register)
        });
        let waiter = self.state.lock().waiter.take();
        // Perhaps the last that holds the hub's inbox: dropped while nothing is locked.
        drop(waiter);
        wake.ready_or_raise();
    }
}

/// The duty to answer, which ends when this is dropped: the hub may end before it reads its mail.
struct Duty<T> {
    survey: Arc<Survey<T>>,
    /// The hub's.
    n_questions: Arc<AtomicUsize>,
}

impl<T> Duty<T> {
    /// None if the hub has too many already.
    fn new(survey: &Arc<Survey<T>>, n_questions: Arc<AtomicUsize>) -> Option<Self> {
        let add = |n: usize| (n < MOST_QUESTIONS).then_some(n + 1);
        n_questions.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).ok()?;
        survey.state.lock().n_missing += 1;
        Some(Duty { survey: survey.clone(), n_questions })
    }
}

impl<T> Drop for Duty<T> {
    fn drop(&mut self) {
        self.n_questions.fetch_sub(1, Ordering::Relaxed);
        let waiter = {
            let mut state = self.survey.state.lock();
            state.n_missing -= 1;
            if state.n_missing == 0 { state.waiter.take() } else { None }
        };
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }
}
