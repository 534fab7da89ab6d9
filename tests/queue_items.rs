//! Items whose own code waits or panics while their queue calls it.

use std::cmp::Ordering;

use eventlet::queue::Empty;
use eventlet::{GreenThread, LightQueue, PriorityQueue, Queue, spawn};
use eventlet_tests::{check, yield_now};

/// Cloning and comparing it gives way; comparing 13 panics.
#[derive(PartialEq, Eq, Debug)]
struct Slow(i32);

impl Clone for Slow {
    fn clone(&self) -> Self {
        yield_now();
        Slow(self.0)
    }
}

impl PartialOrd for Slow {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Slow {
    fn cmp(&self, other: &Self) -> Ordering {
        yield_now();
        assert!(self.0 != 13 && other.0 != 13, "13 cannot be compared");
        self.0.cmp(&other.0)
    }
}

/// A green thread that is cloning the next item.
fn peeker(queue: &Queue<Slow>) -> GreenThread<Result<Slow, Empty>> {
    let queue = queue.clone();
    let peeker = spawn(move || queue.peek());
    yield_now();
    peeker
}

#[test]
fn an_item_that_is_being_cloned_is_not_passed() {
    check(|| {
        let queue = Queue::from_iter([Slow(1)]);
        let peeker = peeker(&queue);
        queue.put(Slow(2)).unwrap();
        assert_eq!(queue.try_get(), Err(Empty));
        assert_eq!([queue.get(), queue.get()], [Ok(Slow(1)), Ok(Slow(2))]);
        assert_eq!(peeker.wait().unwrap(), Ok(Slow(1)));
    });
}

#[test]
fn who_waits_for_an_item_that_is_being_cloned_is_not_given_a_later_one() {
    check(|| {
        let queue = Queue::from_iter([Slow(1)]);
        let peeker = peeker(&queue);
        let theirs = queue.clone();
        let getter = spawn(move || theirs.get());
        queue.put(Slow(2)).unwrap();
        let theirs = queue.clone();
        let late = spawn(move || theirs.get());
        assert_eq!(getter.wait().unwrap(), Ok(Slow(1)));
        assert_eq!(late.wait().unwrap(), Ok(Slow(2)));
        peeker.wait().unwrap().unwrap();
    });
}

#[test]
fn who_waits_to_put_passes_no_item_that_is_being_cloned() {
    check(|| {
        let queue = Queue::from_iter([1, 2].map(Slow));
        queue.resize(Some(2));
        let peeker = peeker(&queue);
        let getters = [(); 3].map(|_| {
            let queue = queue.clone();
            spawn(move || queue.get().unwrap().0)
        });
        let theirs = queue.clone();
        let putter = spawn(move || theirs.put(Slow(3)));
        assert_eq!(getters.map(|getter| getter.wait().unwrap()), [1, 2, 3]);
        putter.wait().unwrap().unwrap();
        peeker.wait().unwrap().unwrap();
    });
}

#[test]
fn an_item_that_is_being_cloned_is_got_although_the_queue_is_shut_down() {
    check(|| {
        let queue = Queue::from_iter([Slow(1)]);
        let peeker = peeker(&queue);
        let getters = [(); 2].map(|_| {
            let queue = queue.clone();
            spawn(move || queue.get())
        });
        queue.shutdown();
        assert_eq!(getters.map(|getter| getter.wait().unwrap()), [Ok(Slow(1)), Err(Empty)]);
        peeker.wait().unwrap().unwrap();
    });
}

#[test]
fn an_item_that_is_being_cloned_is_dropped_by_shutdown_now() {
    check(|| {
        let queue = Queue::from_iter([Slow(1), Slow(2)]);
        let peeker = peeker(&queue);
        queue.shutdown_now();
        queue.join();
        assert_eq!(peeker.wait().unwrap(), Ok(Slow(1)));
        assert_eq!((queue.len(), queue.get()), (0, Err(Empty)));
    });
}

#[test]
fn a_comparison_that_waits_and_panics_leaves_nobody_without_an_item() {
    check(|| {
        let queue = PriorityQueue::from_iter([3, 13, 2].map(Slow));
        let getters = [(); 3].map(|_| {
            let queue = queue.clone();
            spawn(move || queue.get().map(|Slow(number)| number))
        });
        let results = getters.map(GreenThread::wait);
        assert!(results[0].as_ref().unwrap_err().is_panic(), "who compares is who panics");
        assert!(results[1..].iter().all(|result| matches!(result, Ok(Ok(_)))), "{results:?}");
        assert_eq!((queue.len(), queue.getting()), (1, 0));
    });
}

#[test]
fn a_comparison_that_serves_others_and_panics_takes_no_item_from_who_has_one() {
    check(|| {
        let queue = PriorityQueue::from_iter([5, 3].map(Slow));
        let getters = [(); 2].map(|_| {
            let queue = queue.clone();
            spawn(move || queue.get().map(|Slow(number)| number))
        });
        yield_now();
        // Too late for the first one, who compares; so the second one is in for it.
        [13, 7].into_iter().for_each(|number| queue.put(Slow(number)).unwrap());
        let [first, second] = getters.map(|getter| getter.wait().unwrap());
        assert_eq!(first, Ok(3));
        assert!(second.is_ok());
        assert_eq!((queue.len(), queue.getting()), (2, 0));
    });
}

#[test]
fn who_is_killed_while_comparing_leaves_the_items_to_others() {
    check(|| {
        let queue = PriorityQueue::from_iter([3, 1, 2].map(Slow));
        let getters = [(); 2].map(|_| {
            let queue = queue.clone();
            spawn(move || queue.get().map(|Slow(number)| number))
        });
        yield_now();
        getters[0].kill();
        let [first, second] = getters.map(GreenThread::wait);
        assert!(first.unwrap_err().is_killed());
        assert_eq!(second.unwrap(), Ok(1));
        assert_eq!([queue.get(), queue.get()], [Ok(Slow(2)), Ok(Slow(3))]);
    });
}

#[test]
fn who_is_killed_while_serving_others_takes_nothing() {
    check(|| {
        let queue = PriorityQueue::from_iter([1, 2].map(Slow));
        let getter = || {
            let queue = queue.clone();
            spawn(move || queue.get().map(|Slow(number)| number))
        };
        let (first, others) = (getter(), [getter(), getter()]);
        yield_now();
        queue.put(Slow(3)).unwrap();
        queue.put(Slow(4)).unwrap();
        // It has found the first item, and compares for the others.
        while queue.len() > 3 {
            yield_now();
        }
        first.kill();
        assert!(first.wait().unwrap_err().is_killed());
        let mut numbers: Vec<_> = others.map(|other| other.wait().unwrap().unwrap()).into();
        numbers.extend([queue.get(), queue.get()].map(|item| item.unwrap().0));
        numbers.sort_unstable();
        assert_eq!(numbers, [1, 2, 3, 4]);
    });
}

#[test]
fn a_queue_without_order_never_compares() {
    check(|| {
        let queue = LightQueue::from_iter([13, 2].map(Slow));
        assert_eq!([queue.try_get(), queue.try_get()], [Ok(Slow(13)), Ok(Slow(2))]);
    });
}
