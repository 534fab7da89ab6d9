//! Queues: nothing is lost, nothing comes twice, and what one puts comes in that order.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use eventlet::queue::Put;
use eventlet::select::after;
use eventlet::{LightQueue, PriorityQueue, Queue, sleep, spawn};

use super::soak::{Soak, Subject};

/// Who waits without a partner is let go after so many short times.
const PATIENCE: u32 = 10;

/// Queues of every kind that the rounds share, and what is in them.
pub struct Queues {
    /// Without a limit, a rendezvous, and two that fill up.
    light: [LightQueue<u64>; 4],
    tasks: Queue<u64>,
    urgent: PriorityQueue<u64>,
    /// The items that were put into one of the light ones and not got.
    inside: RefCell<BTreeSet<u64>>,
    n_made: Cell<u64>,
    n_tasks: Cell<i64>,
}

impl Queues {
    /// All are empty.
    pub fn new() -> Self {
        Queues {
            light: [None, Some(0), Some(1), Some(5)].map(LightQueue::new),
            tasks: Queue::new(Some(3)),
            urgent: PriorityQueue::new(None),
            inside: RefCell::default(),
            n_made: Cell::new(0),
            n_tasks: Cell::new(0),
        }
    }

    /// Notes a new item as put before it is: who gets it may run first.
    fn new_item(&self) -> u64 {
        let item = self.n_made.get();
        self.n_made.set(item + 1);
        assert!(self.inside.borrow_mut().insert(item));
        item
    }

    fn take_out(&self, item: u64) {
        assert!(self.inside.borrow_mut().remove(&item), "{item} came twice or was never put");
    }

    fn put(&self, soak: &Soak) {
        let (queue, item) = (&self.light[soak.below(4)], self.new_item());
        // If this is killed while it waits, the item is not put.
        let unless_killed = Unput { queues: self, item: Some(item) };
        let limit = soak.short_time() * PATIENCE;
        let result = match soak.below(3) {
            0 => queue.try_put(item),
            1 => queue.put_timeout(item, limit),
            _ => {
                let put = Put::new(queue, item);
                eventlet::select! {
                    result = put => result,
                    () = after(limit) => Err(eventlet::queue::Full(put.into_inner().unwrap())),
                }
            }
        };
        match result {
            Ok(()) => unless_killed.was_put(),
            Err(full) => assert_eq!(full.0, item, "another item is given back"),
        }
    }

    fn get(&self, soak: &Soak) {
        let limit = soak.short_time() * PATIENCE;
        let queue = &self.light[soak.below(4)];
        let item = match soak.below(4) {
            0 => queue.try_get(),
            1 => queue.get_timeout(limit),
            _ => {
                let other = &self.light[soak.below(4)];
                eventlet::select! {
                    item = queue => item,
                    item = other => item,
                    () = after(limit) => return,
                }
            }
        };
        if let Ok(item) = item {
            self.take_out(item);
        }
    }

    fn work(&self, soak: &Soak) {
        if soak.below(2) == 0 {
            let is_put = self.tasks.put_timeout(7, soak.short_time() * PATIENCE).is_ok();
            self.n_tasks.set(self.n_tasks.get() + i64::from(is_put));
            return;
        }
        let limit = soak.short_time() * PATIENCE;
        eventlet::select! {
            item = self.tasks => {
                assert_eq!(item, Ok(7));
                self.n_tasks.set(self.n_tasks.get() - 1);
                self.tasks.task_done();
            }
            () = after(limit) => {}
        }
        // When this comes back, somebody may have put something again.
        self.tasks.join_timeout(soak.short_time());
    }

    /// What was put before anyone gets comes in order of urgency.
    fn hurry(&self, soak: &Soak) {
        let items: Vec<_> = (0..soak.below(10)).map(|_| soak.below(100) as u64).collect();
        for &item in &items {
            self.urgent.try_put(item).unwrap();
        }
        let mut got = Vec::new();
        while let Ok(item) = self.urgent.try_get() {
            got.push(item);
        }
        assert!(got.is_sorted());
        assert_eq!(got.len(), items.len());
    }
}

/// Takes an item back that was not put.
struct Unput<'a> {
    queues: &'a Queues,
    item: Option<u64>,
}

impl Unput<'_> {
    fn was_put(mut self) {
        self.item = None;
    }
}

impl Drop for Unput<'_> {
    fn drop(&mut self) {
        if let Some(item) = self.item {
            self.queues.take_out(item);
        }
    }
}

/// One that puts and one that gets, whichever is faster.
fn converse(soak: &Soak) {
    let queue = LightQueue::new([None, Some(0), Some(1), Some(5)][soak.below(4)]);
    let (theirs, n_items, pause) = (queue.clone(), soak.below(50), soak.short_time());
    let putter = spawn(move || {
        for number in 0..n_items {
            // Nobody is there any more if the round was broken off.
            if theirs.put(number).is_err() {
                return;
            }
            if number % 8 == 0 {
                sleep(pause);
            }
        }
        theirs.shutdown();
    });
    let _end = eventlet_tests::OnDrop(|| queue.shutdown_now());
    let mut n_got = 0;
    for number in &queue {
        assert_eq!(number, n_got, "it comes out of order");
        n_got += 1;
        if number % 16 == 0 {
            sleep(soak.short_time());
        }
    }
    assert_eq!(n_got, n_items);
    putter.wait().unwrap();
}

impl Subject for Queues {
    fn round(&self, soak: &Rc<Soak>) {
        match soak.below(8) {
            0 => converse(soak),
            1 => self.hurry(soak),
            2 => self.work(soak),
            3 => self.light[2 + soak.below(2)].resize(Some(soak.below(5))),
            4 | 5 => self.put(soak),
            _ => self.get(soak),
        }
    }

    fn verify(&self) {
        let mut left = BTreeSet::new();
        for queue in &self.light {
            assert_eq!((queue.getting(), queue.putting()), (0, 0));
            left.extend(std::iter::from_fn(|| queue.try_get().ok()));
        }
        assert_eq!(left, *self.inside.borrow(), "what is left is not what was put and not got");
        assert_eq!(self.tasks.len() as i64, self.n_tasks.get());
        assert_eq!(self.tasks.unfinished(), self.tasks.len());
    }
}
