//! What two queues are to do: lists, and no switching.

use std::collections::VecDeque;

/// Which item of a queue is next.
#[derive(Clone, Copy)]
pub enum Next {
    Oldest,
    Smallest,
    Newest,
}

/// An item: its rank, and a number of its own.
pub type Plain = (u8, u32);

/// How the operation of a thread has ended.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Outcome {
    Waits,
    Got(Plain),
    NothingToGet,
    HasPut,
    Refused(Plain),
    Killed,
}

/// What a thread does. The bits say at which queues: more than one is a choice.
#[derive(Clone, Copy, Debug)]
pub enum Deed {
    Get { queues: u8 },
    Put { queues: u8, item: Plain },
}

impl Deed {
    /// How it ends if nobody lets it happen.
    pub fn in_vain(self) -> Outcome {
        match self {
            Deed::Get { .. } => Outcome::NothingToGet,
            Deed::Put { item, .. } => Outcome::Refused(item),
        }
    }
}

#[derive(Default)]
pub struct ModelQueue {
    pub items: Vec<Plain>,
    pub max: usize,
    pub getters: VecDeque<usize>,
    pub putters: VecDeque<(usize, Plain)>,
    pub is_shut_down: bool,
    pub n_unfinished: usize,
}

/// Two queues and the threads that come to them.
pub struct Model {
    pub queues: [ModelQueue; 2],
    pub outcomes: Vec<Outcome>,
    next: Next,
}

impl Model {
    pub fn new(next: Next) -> Self {
        let queues = [(); 2].map(|()| ModelQueue { max: usize::MAX, ..Default::default() });
        Model { queues, outcomes: Vec::new(), next }
    }

    /// A thread does something, or waits.
    pub fn act(&mut self, thread: usize, deed: Deed) {
        self.outcomes[thread] = match deed {
            Deed::Get { queues } => self.get(thread, queues),
            Deed::Put { queues, item } => self.put(thread, queues, item),
        };
    }

    fn get(&mut self, thread: usize, queues: u8) -> Outcome {
        for at in numbers(queues) {
            if let Some(item) = self.take(at) {
                return Outcome::Got(item);
            }
            if self.queues[at].is_shut_down {
                return Outcome::NothingToGet;
            }
        }
        numbers(queues).for_each(|at| self.queues[at].getters.push_back(thread));
        Outcome::Waits
    }

    fn put(&mut self, thread: usize, queues: u8, item: Plain) -> Outcome {
        for at in numbers(queues) {
            if self.offer(at, item) {
                return Outcome::HasPut;
            }
            if self.queues[at].is_shut_down {
                return Outcome::Refused(item);
            }
        }
        numbers(queues).for_each(|at| self.queues[at].putters.push_back((thread, item)));
        Outcome::Waits
    }

    pub fn offer(&mut self, at: usize, item: Plain) -> bool {
        let queue = &mut self.queues[at];
        if queue.is_shut_down {
            return false;
        }
        if let Some(&getter) = queue.getters.front() {
            queue.n_unfinished += 1;
            self.end(getter, Outcome::Got(item));
        } else if queue.items.len() < queue.max {
            queue.n_unfinished += 1;
            queue.items.push(item);
        } else {
            return false;
        }
        true
    }

    pub fn take(&mut self, at: usize) -> Option<Plain> {
        let Some(index) = self.next_index(at) else { return self.accept(at) };
        let item = self.queues[at].items.remove(index);
        self.refill(at);
        Some(item)
    }

    pub fn peek(&self, at: usize) -> Option<Plain> {
        self.next_index(at).map(|index| self.queues[at].items[index])
    }

    fn next_index(&self, at: usize) -> Option<usize> {
        let items = &self.queues[at].items;
        match self.next {
            Next::Oldest => (!items.is_empty()).then_some(0),
            Next::Newest => items.len().checked_sub(1),
            Next::Smallest => (0..items.len()).min_by_key(|index| items[*index].0),
        }
    }

    fn accept(&mut self, at: usize) -> Option<Plain> {
        let (putter, item) = *self.queues[at].putters.front()?;
        self.queues[at].n_unfinished += 1;
        self.end(putter, Outcome::HasPut);
        Some(item)
    }

    fn refill(&mut self, at: usize) {
        while self.queues[at].items.len() < self.queues[at].max
            && let Some(item) = self.accept(at)
        {
            self.queues[at].items.push(item);
        }
    }

    pub fn resize(&mut self, at: usize, max: usize) {
        self.queues[at].max = max;
        self.refill(at);
    }

    pub fn shut_down(&mut self, at: usize, is_now: bool) {
        let queue = &mut self.queues[at];
        queue.is_shut_down = true;
        if is_now {
            queue.n_unfinished -= queue.items.len();
            queue.items.clear();
        }
        for getter in queue.getters.clone() {
            self.end(getter, Outcome::NothingToGet);
        }
        for (putter, item) in self.queues[at].putters.clone() {
            self.end(putter, Outcome::Refused(item));
        }
    }

    /// Ends the wait of a thread, which leaves all lines.
    pub fn end(&mut self, thread: usize, outcome: Outcome) {
        self.outcomes[thread] = outcome;
        for queue in &mut self.queues {
            queue.getters.retain(|other| *other != thread);
            queue.putters.retain(|(other, _)| *other != thread);
        }
    }
}

/// The queues that are meant by these bits, in order.
pub fn numbers(queues: u8) -> impl Iterator<Item = usize> {
    (0..2).filter(move |at| queues & (1 << at) != 0)
}
