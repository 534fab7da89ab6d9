//! The kinds of queues, and items with code of their own.

use std::cell::{Cell, RefCell};
use std::cmp::{Ordering, Reverse};
use std::rc::Rc;

use eventlet::queue::Empty;
use eventlet::{LifoQueue, LightQueue, PriorityQueue, Queue, sleep, spawn};
use eventlet_tests::{Log, OnDrop, check, ms, panic_of, yield_now};

#[test]
fn the_smallest_is_first_and_of_equal_ones_the_oldest() {
    check(|| {
        /// Compared by the number alone.
        #[derive(PartialEq, Eq, Debug)]
        struct Item(u32, &'static str);
        impl Ord for Item {
            fn cmp(&self, other: &Self) -> Ordering {
                self.0.cmp(&other.0)
            }
        }
        impl PartialOrd for Item {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        let queue = PriorityQueue::new(None);
        for item in [Item(2, "a"), Item(1, "b"), Item(2, "c"), Item(1, "d"), Item(2, "e")] {
            queue.put(item).unwrap();
        }
        assert_eq!([queue.get(), queue.get()].map(|item| item.unwrap().1), ["b", "d"]);
        queue.put(Item(2, "f")).unwrap();
        queue.put(Item(0, "g")).unwrap();
        let rest = [(); 5].map(|()| queue.get().unwrap().1);
        assert_eq!(rest, ["g", "a", "c", "e", "f"]);

        let largest = PriorityQueue::from_iter([1, 3, 2].map(Reverse));
        assert_eq!(largest.peek(), Ok(Reverse(3)));
    });
}

#[test]
fn many_come_out_in_order() {
    check(|| {
        let (up, down) = (PriorityQueue::new(None), LifoQueue::new(None));
        // Each number below a prime once, in disorder.
        for number in (1..997).map(|number| number * 331 % 997) {
            up.put(number).unwrap();
            if number % 3 == 0 {
                let smallest = up.peek().unwrap();
                assert_eq!(up.get(), Ok(smallest));
                up.put(smallest).unwrap();
            }
        }
        assert!((1..997).all(|number| up.try_get() == Ok(number)));
        (1..997).for_each(|number| down.put(number).unwrap());
        assert!((1..997).rev().all(|number| down.try_get() == Ok(number)));
    });
}

#[test]
fn an_item_that_was_given_is_not_exchanged_for_a_better_one() {
    check(|| {
        let queue = PriorityQueue::new(Some(1));
        let theirs = queue.clone();
        let getter = spawn(move || theirs.get());
        yield_now();
        queue.put(5).unwrap();
        queue.put(3).unwrap();
        assert_eq!(queue.try_get(), Ok(3));
        assert_eq!(getter.wait().unwrap(), Ok(5));
    });
}

/// An item whose comparisons do something before they compare.
struct Touchy {
    number: u32,
    touch: Rc<dyn Fn()>,
}

impl Ord for Touchy {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.touch)();
        self.number.cmp(&other.number)
    }
}

impl PartialOrd for Touchy {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Touchy {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Touchy {}

#[test]
fn a_comparison_that_panics_loses_nothing() {
    check(|| {
        for fuse in 1..60 {
            let left = Rc::new(Cell::new(fuse));
            let theirs = left.clone();
            let touch: Rc<dyn Fn()> = Rc::new(move || {
                theirs.set(theirs.get() - 1);
                assert!(theirs.get() != 0, "touched");
            });
            let queue = PriorityQueue::new(Some(10));
            for number in (0..10).rev() {
                queue.put(Touchy { number, touch: touch.clone() }).unwrap();
            }
            let (last, theirs) = (Touchy { number: 10, touch }, queue.clone());
            let putter = spawn(move || theirs.put(last).is_ok());
            yield_now();
            let mut numbers = Vec::new();
            let text = panic_of(|| {
                while let Ok(item) = queue.try_get() {
                    numbers.push(item.number);
                }
                panic!("all were got");
            });
            assert_eq!(text == "touched", left.get() <= 0, "{text}");
            assert_eq!(queue.len() + numbers.len(), 11 - queue.putting());
            while let Ok(item) = queue.try_get() {
                numbers.push(item.number);
            }
            assert!(putter.wait().unwrap());
            numbers.sort_unstable();
            assert_eq!(numbers, Vec::from_iter(0..=10));
        }
    });
}

#[test]
fn a_comparison_that_waits_keeps_nobody_from_the_queue() {
    check(|| {
        let touch: Rc<dyn Fn()> = Rc::new(|| sleep(ms(0)));
        let queue = PriorityQueue::new(None);
        let item = |number| Touchy { number, touch: touch.clone() };
        (0..20).rev().for_each(|number| queue.put(item(number)).unwrap());
        let getters: Vec<_> = (0..40)
            .map(|_| {
                let queue = queue.clone();
                spawn(move || queue.get().map(|item| item.number))
            })
            .collect();
        for number in 20..40 {
            yield_now();
            queue.put(item(number)).unwrap();
        }
        let results = getters.into_iter().map(|getter| getter.wait().unwrap().unwrap());
        let mut numbers: Vec<_> = results.collect();
        numbers.sort_unstable();
        assert_eq!(numbers, Vec::from_iter(0..40));
        assert_eq!((queue.len(), queue.getting(), queue.unfinished()), (0, 0, 40));
    });
}

#[test]
fn a_comparison_can_use_its_own_queue() {
    check(|| {
        let (queue, n_put) = (PriorityQueue::new(None), Rc::new(Cell::new(0)));
        let (theirs, counter) = (queue.clone(), n_put.clone());
        let nothing: Rc<dyn Fn()> = Rc::new(|| {});
        let touch: Rc<dyn Fn()> = Rc::new(move || {
            if counter.get() < 5 {
                counter.set(counter.get() + 1);
                theirs.put(Touchy { number: 9, touch: nothing.clone() }).unwrap();
                assert_eq!(theirs.try_get().err(), Some(Empty), "the items are out");
            }
        });
        (0..3).for_each(|number| queue.put(Touchy { number, touch: touch.clone() }).unwrap());
        let numbers: Vec<_> = (0..3).map(|_| queue.try_get().unwrap().number).collect();
        assert_eq!((numbers, queue.len()), (vec![0, 1, 2], n_put.get()));
        assert!(n_put.get() > 0);
    });
}

/// An item whose clones and drops do something.
struct Busy {
    queue: LightQueue<Busy>,
    log: Log,
}

impl Clone for Busy {
    fn clone(&self) -> Self {
        assert_eq!(self.queue.len(), 2);
        sleep(ms(0));
        self.log.add("cloned");
        Busy { queue: self.queue.clone(), log: self.log.clone() }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.log.add(format!("dropped-{}", self.queue.len()));
        let _ = self.queue.try_get();
    }
}

#[test]
fn clones_and_drops_can_use_the_queue_and_wait() {
    check(|| {
        let (queue, log) = (LightQueue::new(Some(2)), Log::new());
        let item = || Busy { queue: queue.clone(), log: log.clone() };
        queue.put(item()).unwrap_or_else(|_| unreachable!());
        queue.put(item()).unwrap_or_else(|_| unreachable!());
        let theirs = queue.clone();
        let getter = spawn(move || theirs.get().is_ok());
        let peeked = queue.peek().unwrap_or_else(|_| unreachable!());
        assert!(getter.wait().unwrap());
        assert_eq!(log.take(), "cloned dropped-1 dropped-0");
        drop(peeked);
        assert!(queue.is_empty());
        queue.put(item()).unwrap_or_else(|_| unreachable!());
        queue.put(item()).unwrap_or_else(|_| unreachable!());
        log.take();
        queue.shutdown_now();
        assert_eq!(log.take(), "dropped-0 dropped-0");
    });
}

#[test]
fn to_peek_takes_nothing_and_lets_getters_go_first() {
    check(|| {
        let (queue, log) = (Queue::new(None), Log::new());
        let (theirs, noted) = (queue.clone(), log.clone());
        let peeker = spawn(move || noted.add(format!("peek{}", theirs.peek().unwrap())));
        yield_now();
        let (theirs, noted) = (queue.clone(), log.clone());
        let getter = spawn(move || noted.add(format!("get{}", theirs.get().unwrap())));
        yield_now();
        queue.put(1).unwrap();
        yield_now();
        queue.put(2).unwrap();
        yield_now();
        assert_eq!(log.take(), "get1 peek2");
        assert_eq!(queue.try_get(), Ok(2));
        getter.wait().unwrap();
        peeker.wait().unwrap();

        let meeting = Queue::new(Some(0));
        let theirs = meeting.clone();
        let putter = spawn(move || theirs.put("hand"));
        yield_now();
        assert_eq!(meeting.try_peek(), Err(Empty), "it goes from hand to hand");
        assert_eq!(meeting.get(), Ok("hand"));
        putter.wait().unwrap().unwrap();
    });
}

#[test]
fn a_queue_drops_its_items_once_with_its_last_handle() {
    check(|| {
        let dropped = Rc::new(RefCell::new(Vec::new()));
        let queue = LifoQueue::new(None);
        for number in 0..3 {
            let dropped = dropped.clone();
            queue
                .put(OnDrop(move || dropped.borrow_mut().push(number)))
                .unwrap_or_else(|_| unreachable!());
        }
        let other = queue.clone();
        drop(queue);
        assert!(dropped.borrow().is_empty());
        drop(other.get());
        assert_eq!(dropped.take(), [2]);
        drop(other);
        assert_eq!(dropped.take(), [0, 1]);
    });
}

#[test]
fn a_queue_has_no_limit_unless_it_is_given_one() {
    check(|| {
        let queue = LightQueue::default();
        (0..1000).for_each(|number| queue.try_put(number).unwrap());
        assert_eq!((queue.len(), queue.maxsize()), (1000, None));
    });
}
