//! Queues that are shut down, and waiting until all that was put is done.

use std::panic::{AssertUnwindSafe, catch_unwind};

use eventlet::queue::{Empty, Full};
use eventlet::{LifoQueue, LightQueue, PriorityQueue, Queue, debug, sleep, spawn};
use eventlet_tests::{Log, check, ms, panic_of, yield_now};

#[test]
fn what_is_left_can_be_got_and_nothing_can_be_put() {
    check(|| {
        let queue = Queue::from_iter([1, 2]);
        queue.shutdown();
        queue.shutdown();
        assert!(queue.is_shut_down());
        assert_eq!((queue.put(3), queue.try_put(4)), (Err(Full(3)), Err(Full(4))));
        assert_eq!(queue.put_timeout(5, ms(1)), Err(Full(5)));
        assert_eq!((queue.peek(), queue.get(), queue.try_get()), (Ok(1), Ok(1), Ok(2)));
        assert_eq!(
            (queue.peek(), queue.get(), queue.try_get()),
            (Err(Empty), Err(Empty), Err(Empty))
        );
        assert_eq!(queue.unfinished(), 2);
    });
}

#[test]
fn those_who_wait_are_told() {
    check(|| {
        let (empty, full) = (LightQueue::<i32>::new(None), LightQueue::new(Some(1)));
        full.put(0).unwrap();
        let (theirs, also_theirs) = (empty.clone(), empty.clone());
        let (getter, peeker) = (spawn(move || theirs.get()), spawn(move || also_theirs.peek()));
        let putters = [1, 2].map(|item| {
            let full = full.clone();
            spawn(move || full.put(item))
        });
        yield_now();
        empty.shutdown();
        full.shutdown();
        assert_eq!((empty.getting(), full.putting()), (0, 0));
        assert_eq!(full.try_get(), Ok(0));
        assert_eq!(full.try_get(), Err(Empty), "what was refused is not there");
        assert_eq!((getter.wait().unwrap(), peeker.wait().unwrap()), (Err(Empty), Err(Empty)));
        assert_eq!(putters.map(|putter| putter.wait().unwrap()), [Err(Full(1)), Err(Full(2))]);
    });
}

#[test]
fn what_was_given_before_counts() {
    check(|| {
        let (items, rooms) = (LightQueue::new(None), LightQueue::new(Some(1)));
        rooms.put(1).unwrap();
        let getters = [(); 2].map(|()| {
            let items = items.clone();
            spawn(move || items.get())
        });
        let putters = [2, 3].map(|item| {
            let rooms = rooms.clone();
            spawn(move || rooms.put(item))
        });
        yield_now();
        items.put("last").unwrap();
        assert_eq!(rooms.get(), Ok(1));
        items.shutdown_now();
        rooms.shutdown();
        // The second one runs first, and does not take what is the first one's.
        getters[1].kill();
        assert_eq!(getters.map(|getter| getter.wait().unwrap()), [Ok("last"), Err(Empty)]);
        assert_eq!(putters.map(|putter| putter.wait().unwrap()), [Ok(()), Err(Full(3))]);
        assert_eq!(rooms.iter().collect::<Vec<_>>(), [2]);
    });
}

#[test]
fn a_loop_over_a_queue_ends_when_it_is_shut_down() {
    check(|| {
        let queue = LightQueue::new(Some(1));
        let theirs = queue.clone();
        let consumer = spawn(move || (&theirs).into_iter().collect::<Vec<_>>());
        (0..5).for_each(|item| queue.put(item).unwrap());
        queue.shutdown();
        assert_eq!(consumer.wait().unwrap(), [0, 1, 2, 3, 4]);
    });
}

#[test]
fn to_shut_down_now_drops_what_is_left_and_ends_the_join() {
    check(|| {
        let (queue, log) = (Queue::new(None), Log::new());
        (0..3).for_each(|number| queue.put(log.on_drop(number)).unwrap());
        let working = queue.get_task().unwrap();
        let theirs = queue.clone();
        let joiner = spawn(move || theirs.join());
        yield_now();
        queue.shutdown_now();
        assert_eq!(log.take(), "1 2");
        assert_eq!((queue.len(), queue.unfinished()), (0, 1));
        yield_now();
        assert!(!joiner.is_dead());
        drop(working);
        joiner.wait().unwrap();
    });
}

#[test]
fn join_waits_until_all_is_done_round_by_round() {
    check(|| {
        debug::pause_clock();
        let (queue, log) = (Queue::new(Some(1)), Log::new());
        let (theirs, noted) = (queue.clone(), log.clone());
        let worker = spawn(move || {
            for item in &theirs {
                sleep(ms(1));
                noted.add(item);
                theirs.task_done();
            }
        });
        for round in [[1, 2], [3, 4]] {
            round.iter().for_each(|item| queue.put(*item).unwrap());
            assert!(!queue.join_timeout(ms(1)));
            queue.join();
            assert_eq!(queue.unfinished(), 0);
            log.add("joined");
        }
        assert!(queue.join_timeout(ms(0)));
        assert_eq!(log.take(), "1 2 joined 3 4 joined");
        queue.shutdown();
        worker.wait().unwrap();
    });
}

#[test]
fn to_be_done_too_often_is_a_panic() {
    check(|| {
        let queue = LifoQueue::from_iter([1]);
        queue.get().unwrap();
        queue.task_done();
        let text = panic_of(|| queue.task_done());
        assert_eq!(text, "task_done was called more often than items were put");
        queue.join();
    });
}

#[test]
fn a_task_is_done_however_its_worker_ends() {
    check(|| {
        let queue = PriorityQueue::from_iter([1, 2, 3]);
        let theirs = queue.clone();
        let killed = spawn(move || {
            let _task = theirs.get_task().unwrap();
            sleep(ms(3_600_000));
        });
        yield_now();
        assert_eq!(queue.unfinished(), 3);
        killed.kill();
        assert_eq!(queue.unfinished(), 2);
        let worker = catch_unwind(AssertUnwindSafe(|| {
            let task = queue.get_task().unwrap();
            std::panic::resume_unwind(Box::new(*task));
        }));
        assert_eq!(*worker.unwrap_err().downcast::<i32>().unwrap(), 2);
        assert_eq!(queue.get_task().unwrap().into_inner(), 3);
        assert!(queue.join_timeout(ms(0)));
    });
}
