//! The calls of a map that have been started and whose results have not been taken.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use slab::Slab;

use crate::greenthread::{Exit, GreenThread};
use crate::hub::Time;
use crate::select::{Audience, Condition, Source};

/// In which order results are taken.
pub(super) trait Window<T>: Default {
    fn len(&self) -> usize;

    fn push(&mut self, thread: GreenThread<T>);

    /// Takes the next result, if it is there.
    fn take(&mut self) -> Option<Result<T, Exit>>;

    /// What is ready when there is a result to take. Nothing, if nothing has been started.
    fn ready(&self) -> Option<&dyn Source>;

    /// Waits until there is a result to take.
    fn wait(&self);
}

/// Results in the order of the starts.
pub(super) struct InOrder<T> {
    threads: VecDeque<GreenThread<T>>,
}

impl<T> Default for InOrder<T> {
    fn default() -> Self {
        InOrder { threads: VecDeque::new() }
    }
}

impl<T: 'static> Window<T> for InOrder<T> {
    fn len(&self) -> usize {
        self.threads.len()
    }

    fn push(&mut self, thread: GreenThread<T>) {
        self.threads.push_back(thread);
    }

    fn take(&mut self) -> Option<Result<T, Exit>> {
        let result = self.threads.front_mut()?.take_result()?;
        self.threads.pop_front();
        Some(result)
    }

    fn ready(&self) -> Option<&dyn Source> {
        self.threads.front().map(|first| first as _)
    }

    fn wait(&self) {
        if let Some(first) = self.threads.front() {
            first.wait_for_end();
        }
    }
}

/// Results as they come.
pub(super) struct AsTheyEnd<T> {
    threads: Slab<GreenThread<T>>,
    ended: Rc<Ended>,
}

/// Which of the threads have ended.
#[derive(Default)]
struct Ended {
    /// Their keys, in the order in which they ended.
    keys: RefCell<VecDeque<usize>>,
    /// There is one, who waits for the next one.
    audience: Audience,
}

impl<T> Default for AsTheyEnd<T> {
    fn default() -> Self {
        AsTheyEnd { threads: Slab::new(), ended: Rc::default() }
    }
}

impl<T: 'static> Window<T> for AsTheyEnd<T> {
    fn len(&self) -> usize {
        self.threads.len()
    }

    fn push(&mut self, thread: GreenThread<T>) {
        let ended = self.ended.clone();
        let place = self.threads.vacant_entry();
        let key = place.key();
        thread.link(move |_| ended.add(key));
        place.insert(thread);
    }

    fn take(&mut self) -> Option<Result<T, Exit>> {
        let key = self.ended.keys.borrow_mut().pop_front()?;
        let result = self.threads.remove(key).take_result();
        Some(result.expect("links are called when the result is there"))
    }

    fn ready(&self) -> Option<&dyn Source> {
        (!self.threads.is_empty()).then_some(&*self.ended as _)
    }

    fn wait(&self) {
        if !self.ended.is_ready() {
            self.ended.audience.wait("the end of one of several", |_| Time::NEVER);
        }
    }
}

impl Ended {
    fn add(&self, key: usize) {
        self.keys.borrow_mut().push_back(key);
        self.audience.tell();
    }
}

impl Condition for Ended {
    fn audience(&self) -> &Audience {
        &self.audience
    }

    fn holds(&self) -> bool {
        !self.keys.borrow().is_empty()
    }
}
