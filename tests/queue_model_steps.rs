//! The steps of a run, done with queues and with their model.

use std::rc::Rc;

use eventlet::queue::{Empty, Full};
use eventlet::select::after;
use eventlet::{GreenThread, kill_all, select, sleep, spawn};
use eventlet_tests::{ms, yield_now};
use proptest::prelude::*;

use crate::queue_model_kinds::{AnyQueue, Item, State};
use crate::queue_model_truth::{Deed, Model, Next, Outcome};

/// A step of a run.
#[derive(Clone, Debug)]
pub enum Step {
    /// A thread comes to get or to put, at one queue or both; it gives up after so many
    /// milliseconds.
    Come {
        puts: bool,
        queues: u8,
        rank: u8,
        limit: Option<u64>,
    },
    TryPut {
        at: usize,
        rank: u8,
    },
    TryGet {
        at: usize,
    },
    Resize {
        at: usize,
        max: Option<usize>,
    },
    ShutDown {
        at: usize,
        is_now: bool,
    },
    /// Kills one of those that have come, perhaps in vain.
    Kill {
        choice: prop::sample::Index,
    },
    Yield,
    Sleep {
        millis: u64,
    },
}

pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Limits are odd and sleeps are even, so that no two things happen at the same moment.
    let limit = prop::option::weighted(0.3, (0..4u64).prop_map(|n| 2 * n + 1));
    let come = (any::<bool>(), 1..=3u8, 0..4u8, limit)
        .prop_map(|(puts, queues, rank, limit)| Step::Come { puts, queues, rank, limit });
    let step = prop_oneof![
        12 => come,
        4 => (0..2usize, 0..4u8).prop_map(|(at, rank)| Step::TryPut { at, rank }),
        4 => (0..2usize).prop_map(|at| Step::TryGet { at }),
        4 => (0..2usize, prop::option::weighted(0.9, 0..4usize))
            .prop_map(|(at, max)| Step::Resize { at, max }),
        1 => (0..2usize, any::<bool>()).prop_map(|(at, is_now)| Step::ShutDown { at, is_now }),
        4 => any::<prop::sample::Index>().prop_map(|choice| Step::Kill { choice }),
        6 => Just(Step::Yield),
        3 => (0..4u64).prop_map(|n| Step::Sleep { millis: 2 * n }),
    ];
    // Queues without a limit have no one who waits to put.
    let limits = (0..3usize, 0..3usize).prop_map(|(one, other)| {
        [(0, one), (1, other)].map(|(at, max)| Step::Resize { at, max: Some(max) })
    });
    (limits, prop::collection::vec(step, 1..60))
        .prop_map(|(limits, steps)| limits.into_iter().chain(steps).collect())
}

/// One that has come, and what it is to do.
struct Visitor {
    thread: GreenThread<Outcome>,
    deed: Deed,
    limit: Option<u64>,
    /// When it gives up, if it waits.
    deadline: Option<u64>,
    has_begun: bool,
}

/// A run: two queues, and their model.
pub struct Run<Q> {
    queues: [Q; 2],
    model: Model,
    visitors: Vec<Visitor>,
    /// Milliseconds since the beginning.
    now: u64,
    n_items: u32,
    witness: Rc<()>,
}

impl<Q: AnyQueue> Run<Q> {
    pub fn new(next: Next, witness: Rc<()>) -> Self {
        let queues = [Q::unlimited(), Q::unlimited()];
        Run { queues, model: Model::new(next), visitors: Vec::new(), now: 0, n_items: 0, witness }
    }

    /// Takes a step in both worlds, and compares them.
    pub fn take(&mut self, step: Step) {
        match step {
            Step::Come { puts, queues, rank, limit } => self.come(puts, queues, rank, limit),
            Step::TryPut { at, rank } => {
                let item = self.item(rank);
                let is_put = self.model.offer(at, item.plain);
                assert_eq!(self.queues[at].try_give(item).is_ok(), is_put);
            }
            Step::TryGet { at } => {
                let got = self.queues[at].try_fetch().ok().map(|item| item.plain);
                assert_eq!(got, self.model.take(at));
            }
            Step::Resize { at, max } => {
                self.queues[at].change(max);
                self.model.resize(at, max.unwrap_or(usize::MAX));
            }
            Step::ShutDown { at, is_now } => {
                self.queues[at].end(is_now);
                self.model.shut_down(at, is_now);
            }
            Step::Kill { .. } if self.visitors.is_empty() => {}
            Step::Kill { choice } => self.kill(choice.index(self.visitors.len())),
            Step::Yield => {
                yield_now();
                self.let_begin();
            }
            Step::Sleep { millis } => self.sleep(millis),
        }
        self.compare();
    }

    fn item(&mut self, rank: u8) -> Item {
        self.n_items += 1;
        Item::new((rank, self.n_items), &self.witness)
    }

    fn come(&mut self, puts: bool, queues: u8, rank: u8, limit: Option<u64>) {
        let (handles, item) = (self.queues.clone(), self.item(rank));
        let (deed, thread) = if puts {
            let deed = Deed::Put { queues, item: item.plain };
            (deed, spawn(move || put(&handles, queues, item, limit)))
        } else {
            (Deed::Get { queues }, spawn(move || get(&handles, queues, limit)))
        };
        self.visitors.push(Visitor { thread, deed, limit, deadline: None, has_begun: false });
        self.model.outcomes.push(Outcome::Waits);
    }

    /// Lets those begin, in the model, that have come.
    fn let_begin(&mut self) {
        for (number, visitor) in self.visitors.iter_mut().enumerate() {
            if !std::mem::replace(&mut visitor.has_begun, true) {
                visitor.deadline = visitor.limit.map(|limit| self.now + limit);
                self.model.act(number, visitor.deed);
            }
        }
    }

    fn sleep(&mut self, millis: u64) {
        sleep(ms(millis));
        self.let_begin();
        self.now += millis;
        for (number, visitor) in self.visitors.iter().enumerate() {
            let is_late = visitor.deadline.is_some_and(|deadline| deadline < self.now);
            if is_late && self.model.outcomes[number] == Outcome::Waits {
                self.model.end(number, visitor.deed.in_vain());
            }
        }
    }

    fn kill(&mut self, number: usize) {
        let visitor = &mut self.visitors[number];
        if visitor.thread.is_dead() {
            return;
        }
        visitor.thread.kill();
        let begins = std::mem::replace(&mut visitor.has_begun, true);
        if self.model.outcomes[number] == Outcome::Waits {
            self.model.end(number, Outcome::Killed);
        }
        // To kill one that has begun lets all others run.
        if begins {
            self.let_begin();
        }
    }

    fn compare(&self) {
        for at in 0..2 {
            let (queue, model) = (&self.queues[at], &self.model.queues[at]);
            let expected = State {
                len: model.items.len(),
                is_full: model.items.len() >= model.max,
                max: model.max,
                next: self.model.peek(at),
                getting: model.getters.len(),
                putting: model.putters.len(),
                is_shut_down: model.is_shut_down,
            };
            assert_eq!(queue.state(), expected);
            assert!(queue.n_unfinished().is_none_or(|n| n == model.n_unfinished));
        }
    }

    /// Kills those who wait, and compares how all have ended.
    pub fn finish(&mut self) {
        for number in 0..self.visitors.len() {
            self.kill(number);
            self.compare();
        }
        for (visitor, expected) in self.visitors.drain(..).zip(&self.model.outcomes) {
            let outcome = visitor.thread.wait().unwrap_or(Outcome::Killed);
            assert_eq!(outcome, *expected, "{:?}", visitor.deed);
        }
    }
}

impl<Q> Drop for Run<Q> {
    /// Nobody is left for the next run when this one has failed.
    fn drop(&mut self) {
        kill_all(self.visitors.iter().map(|visitor| visitor.thread.handle()));
    }
}

/// What a thread does that has come to get.
fn get<Q: AnyQueue>(queues: &[Q; 2], which: u8, limit: Option<u64>) -> Outcome {
    let got = match (which, limit) {
        (1 | 2, _) => queues[usize::from(which - 1)].fetch(limit),
        (_, None) => select! { item = queues[0] => item, item = queues[1] => item },
        (_, Some(limit)) => select! {
            item = queues[0] => item,
            item = queues[1] => item,
            _ = after(ms(limit)) => Err(Empty),
        },
    };
    got.map_or(Outcome::NothingToGet, |item| Outcome::Got(item.plain))
}

/// What a thread does that has come to put.
fn put<Q: AnyQueue>(queues: &[Q; 2], which: u8, item: Item, limit: Option<u64>) -> Outcome {
    let arms = [0, 1].map(|at| queues[at].putting_of(item.clone()));
    let result = match (which, limit) {
        (1 | 2, _) => queues[usize::from(which - 1)].give(item, limit),
        (_, None) => select! { result = arms[0] => result, result = arms[1] => result },
        (_, Some(limit)) => select! {
            result = arms[0] => result,
            result = arms[1] => result,
            _ = after(ms(limit)) => Err(Full(item)),
        },
    };
    result.map_or_else(|Full(item)| Outcome::Refused(item.plain), |()| Outcome::HasPut)
}
