//! Who gets what from a queue: first come, first served, and nothing is lost on the way.

use std::rc::Rc;
use std::time::{Duration, Instant};

use eventlet::queue::{Empty, Full};
use eventlet::{LightQueue, Queue, debug, select, sleep, spawn};
use eventlet_tests::{Log, OnDrop, check, ms, panic_of, yield_now};

/// A green thread that waits to get, and notes its name with what it got.
fn getter(name: &str, queue: &LightQueue<i32>, log: &Log) -> eventlet::GreenThread<()> {
    let (name, queue, log) = (name.to_owned(), queue.clone(), log.clone());
    let thread = spawn(move || match queue.get() {
        Ok(item) => log.add(format!("{name}{item}")),
        Err(Empty) => log.add(format!("{name}-")),
    });
    yield_now();
    thread
}

/// A green thread that waits to put, and notes its name when it has.
fn putter(name: &str, item: i32, queue: &LightQueue<i32>, log: &Log) -> eventlet::GreenThread<()> {
    let (name, queue, log) = (name.to_owned(), queue.clone(), log.clone());
    let thread = spawn(move || {
        queue.put(item).unwrap();
        log.add(name);
    });
    yield_now();
    thread
}

#[test]
fn those_who_get_are_served_in_the_order_they_came() {
    check(|| {
        let (queue, log) = (LightQueue::new(None), Log::new());
        let getters = ["a", "b", "c"].map(|name| getter(name, &queue, &log));
        assert_eq!(queue.getting(), 3);
        (1..=4).for_each(|item| queue.put(item).unwrap());
        assert_eq!((queue.getting(), queue.len()), (0, 1));
        getters.into_iter().for_each(|getter| getter.wait().unwrap());
        assert_eq!(log.take(), "a1 b2 c3");
        assert_eq!(queue.get(), Ok(4));
    });
}

#[test]
fn those_who_put_are_served_in_the_order_they_came() {
    check(|| {
        let (queue, log) = (LightQueue::new(Some(1)), Log::new());
        queue.put(0).unwrap();
        let putters = [1, 2, 3].map(|item| putter(&item.to_string(), item, &queue, &log));
        assert_eq!(queue.putting(), 3);
        assert_eq!([queue.get(), queue.get()], [Ok(0), Ok(1)]);
        assert_eq!((queue.putting(), queue.len()), (1, 1));
        yield_now();
        assert_eq!(log.take(), "1 2");
        assert_eq!([queue.get(), queue.get()], [Ok(2), Ok(3)]);
        putters.into_iter().for_each(|putter| putter.wait().unwrap());
    });
}

#[test]
fn nobody_passes_one_who_was_given_an_item() {
    check(|| {
        debug::pause_clock();
        let (queue, log) = (LightQueue::new(Some(1)), Log::new());
        let first = getter("a", &queue, &log);
        queue.put(1).unwrap();
        assert!(queue.is_empty() && !queue.is_full());
        assert_eq!(queue.try_get(), Err(Empty));
        assert_eq!(queue.try_peek(), Err(Empty));
        select! {
            _ = queue => unreachable!(),
            default => {}
        }
        queue.put(2).unwrap();
        assert_eq!(queue.try_get(), Ok(2), "the first item is another one's");
        assert_eq!(queue.get_deadline(Instant::now()), Err(Empty));
        first.wait().unwrap();
        assert_eq!(log.take(), "a1");
    });
}

#[test]
fn nobody_passes_one_who_waits_for_room() {
    check(|| {
        debug::pause_clock();
        let (queue, log) = (LightQueue::new(Some(1)), Log::new());
        queue.put(1).unwrap();
        let first = putter("a", 2, &queue, &log);
        assert_eq!(queue.get(), Ok(1));
        assert_eq!(queue.try_put(3), Err(Full(3)));
        assert_eq!(queue.put_timeout(3, Duration::ZERO), Err(Full(3)));
        assert_eq!(queue.try_get(), Ok(2));
        first.wait().unwrap();
    });
}

#[test]
fn to_put_or_get_without_waiting_does_not_switch() {
    check(|| {
        let (queue, log) = (LightQueue::new(Some(2)), Log::new());
        let waiting = getter("a", &queue, &log);
        let noted = log.clone();
        let other = spawn(move || noted.add("other"));
        (1..=3).for_each(|item| queue.put(item).unwrap());
        assert_eq!([queue.get(), queue.get()], [Ok(2), Ok(3)]);
        assert_eq!(log.take(), "");
        yield_now();
        assert_eq!(log.take(), "other a1");
        waiting.wait().unwrap();
        other.wait().unwrap();
    });
}

#[test]
fn a_killed_getter_leaves_its_turn_to_the_next() {
    check(|| {
        let (queue, log) = (LightQueue::new(None), Log::new());
        let [first, second, third] = ["a", "b", "c"].map(|name| getter(name, &queue, &log));
        second.kill();
        assert_eq!(queue.getting(), 2);
        (1..=2).for_each(|item| queue.put(item).unwrap());
        [first, third].into_iter().for_each(|getter| getter.wait().unwrap());
        assert_eq!(log.take(), "a1 c2");
    });
}

#[test]
fn a_getter_that_is_killed_after_it_was_given_an_item_takes_it() {
    check(|| {
        let (queue, log) = (LightQueue::new(None), Log::new());
        let [first, second] = ["a", "b"].map(|name| getter(name, &queue, &log));
        (1..=2).for_each(|item| queue.put(item).unwrap());
        // It runs before the first one, and still gets what is its own.
        second.kill();
        first.wait().unwrap();
        assert_eq!(log.take(), "b2 a1");
        second.wait().unwrap();
    });
}

#[test]
fn a_killed_putter_drops_its_item() {
    check(|| {
        let (queue, item) = (LightQueue::new(Some(0)), Rc::new(()));
        let (theirs, its) = (queue.clone(), item.clone());
        let putter = spawn(move || theirs.put(its));
        yield_now();
        assert_eq!((queue.putting(), Rc::strong_count(&item)), (1, 2));
        putter.kill();
        assert_eq!((queue.putting(), Rc::strong_count(&item)), (0, 1));
        assert_eq!(queue.try_get(), Err(Empty));
    });
}

#[test]
fn what_was_accepted_stays_put_when_its_putter_is_killed() {
    check(|| {
        let (queue, log) = (LightQueue::new(Some(1)), Log::new());
        queue.put(1).unwrap();
        let putter = putter("a", 2, &queue, &log);
        assert_eq!(queue.get(), Ok(1));
        putter.kill();
        assert_eq!(log.take(), "a");
        assert_eq!(queue.get(), Ok(2));
    });
}

#[test]
fn who_times_out_leaves_no_trace() {
    check(|| {
        debug::pause_clock();
        let queue = LightQueue::new(Some(0));
        assert_eq!(queue.put_timeout("a", ms(5)), Err(Full("a")));
        assert_eq!(queue.put_timeout("a", Duration::ZERO), Err(Full("a")));
        assert_eq!((queue.putting(), queue.try_get()), (0, Err(Empty)));
        assert_eq!(queue.get_timeout(ms(5)), Err(Empty));
        assert_eq!((queue.getting(), queue.try_put("b")), (0, Err(Full("b"))));
        assert_eq!(queue.peek_timeout(ms(5)), Err(Empty));
    });
}

#[test]
fn an_item_that_comes_with_the_deadline_wins() {
    check(|| {
        debug::pause_clock();
        let queue = LightQueue::new(None);
        let theirs = queue.clone();
        let putter = spawn(move || {
            sleep(ms(5));
            theirs.put("in time").unwrap();
        });
        yield_now();
        assert_eq!(queue.get_timeout(ms(5)), Ok("in time"));
        putter.wait().unwrap();
    });
}

#[test]
fn to_shrink_keeps_what_is_there_and_to_grow_serves_in_order() {
    check(|| {
        let (queue, log) = (LightQueue::new(Some(2)), Log::new());
        (0..2).for_each(|item| queue.put(item).unwrap());
        queue.resize(Some(1));
        let putters = [2, 3, 4].map(|item| putter(&item.to_string(), item, &queue, &log));
        assert_eq!(queue.get(), Ok(0));
        assert_eq!((queue.len(), queue.putting()), (1, 3), "still full");
        queue.resize(Some(3));
        assert_eq!((queue.len(), queue.putting(), queue.maxsize()), (3, 1, Some(3)));
        queue.resize(None);
        assert_eq!((queue.len(), queue.putting(), queue.maxsize()), (4, 0, None));
        putters.into_iter().for_each(|putter| putter.wait().unwrap());
        assert_eq!(log.take(), "2 3 4");
        assert!((1..=4).all(|item| queue.try_get() == Ok(item)));
    });
}

#[test]
fn a_destructor_can_wait_for_an_item() {
    check(|| {
        let (queue, log) = (Queue::new(None), Log::new());
        let (theirs, noted) = (queue.clone(), log.clone());
        let dying = spawn(move || {
            let _waits = OnDrop(|| noted.add(theirs.get().unwrap()));
            sleep(Duration::from_secs(60));
        });
        yield_now();
        dying.kill();
        assert_eq!(queue.getting(), 1);
        queue.put("word").unwrap();
        assert!(dying.wait().unwrap_err().is_killed());
        assert_eq!(log.take(), "word");
    });
}

#[test]
fn a_wait_that_ends_by_a_panic_leaves_no_trace() {
    check(|| {
        let (queue, full) = (LightQueue::new(None), LightQueue::new(Some(0)));
        assert!(panic_of(|| queue.get()).contains("an item of a queue"));
        assert!(panic_of(|| full.put(1)).contains("room in a queue"));
        panic_of(|| {
            select! {
                item = queue => item,
                item = full => item,
            }
        });
        assert_eq!((queue.getting(), full.putting(), full.getting()), (0, 0, 0));
        assert_eq!(full.try_put(2), Err(Full(2)));
        queue.put(3).unwrap();
        assert_eq!((queue.try_get(), full.try_get()), (Ok(3), Err(Empty)));
    });
}
