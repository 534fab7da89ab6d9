//! Queues among the things that one waits for together: to get, to put, or to know.

use eventlet::queue::{Empty, Full, Put};
use eventlet::select::{after, iwait, wait_any, wait_any_timeout};
use eventlet::{LightQueue, Queue, debug, scope, select, spawn};
use eventlet_tests::{check, ms, yield_now};

#[test]
fn one_item_is_taken_from_one_of_several_queues() {
    check(|| {
        let (numbers, words) = (Queue::<i32>::new(None), LightQueue::new(Some(0)));
        let (theirs, also_theirs) = (numbers.clone(), words.clone());
        let chooser = spawn(move || {
            select! {
                number = theirs => number.unwrap().to_string(),
                word = also_theirs => String::from(word.unwrap()),
            }
        });
        yield_now();
        assert_eq!((numbers.getting(), words.getting()), (1, 1));
        words.put("word").unwrap();
        assert_eq!((numbers.getting(), words.getting()), (0, 0));
        numbers.put(1).unwrap();
        assert_eq!(chooser.wait().unwrap(), "word");
        assert_eq!(numbers.try_get(), Ok(1));
    });
}

#[test]
fn who_chooses_stands_in_line_with_the_others() {
    check(|| {
        let queue = Queue::new(None);
        let chooser = || {
            let queue = queue.clone();
            spawn(move || {
                select! { item = queue => item }
            })
        };
        let getter = || {
            let queue = queue.clone();
            spawn(move || queue.get())
        };
        let threads = [chooser(), getter(), chooser(), getter()];
        yield_now();
        threads[2].kill();
        (1..=3).for_each(|item| queue.put(item).unwrap());
        threads[1].kill();
        let results = threads.map(|thread| thread.wait().ok());
        assert_eq!(results, [Some(Ok(1)), Some(Ok(2)), None, Some(Ok(3))]);
    });
}

#[test]
fn a_queue_that_is_shut_down_is_ready() {
    check(|| {
        let queue = Queue::from_iter([1]);
        let theirs = queue.clone();
        queue.shutdown();
        assert_eq!(select! { item = queue => item }, Ok(1));
        assert_eq!(select! { item = queue => item }, Err(Empty));

        let other = Queue::<i32>::new(None);
        let its = other.clone();
        let chooser = spawn(move || {
            select! {
                item = its => item,
                _ = Put::new(&its, 2) => unreachable!("the first arm was ready, too"),
            }
        });
        other.shutdown();
        assert_eq!(chooser.wait().unwrap(), Err(Empty));
        assert_eq!(wait_any(&[&other, &theirs]), 0);
    });
}

#[test]
fn an_item_is_put_where_there_is_room_first() {
    check(|| {
        let (one, other) = (LightQueue::new(Some(1)), LightQueue::new(Some(0)));
        one.put("old").unwrap();
        let (to_one, to_other) = (Put::new(&one, "new"), Put::new(&other, "new"));
        let (theirs, also_theirs) = (one.clone(), other.clone());
        let getter = spawn(move || {
            assert_eq!((theirs.putting(), also_theirs.putting()), (1, 1));
            also_theirs.get()
        });
        select! {
            _ = to_one => unreachable!(),
            result = to_other => result.unwrap(),
        }
        assert_eq!((one.putting(), other.putting()), (0, 0));
        assert_eq!((to_one.into_inner(), to_other.into_inner()), (Some("new"), None));
        assert_eq!(getter.wait().unwrap(), Ok("new"));
        assert_eq!((one.try_get(), one.try_get()), (Ok("old"), Err(Empty)));
    });
}

#[test]
fn a_put_that_is_not_chosen_can_be_tried_again() {
    check(|| {
        debug::pause_clock();
        let queue = LightQueue::new(Some(0));
        let put = Put::new(&queue, "word");
        for _ in 0..2 {
            select! {
                _ = put => unreachable!(),
                _ = after(ms(5)) => {}
            }
        }
        assert_eq!((queue.putting(), queue.try_get()), (0, Err(Empty)));
        queue.resize(Some(1));
        assert_eq!(select! { result = put => result }, Ok(()));
        select! {
            _ = put => unreachable!("it has been put"),
            default => {}
        }
        assert_eq!(queue.try_get(), Ok("word"));
    });
}

#[test]
fn a_put_that_is_refused_gives_the_item_back() {
    check(|| {
        let queue = LightQueue::new(Some(0));
        let theirs = queue.clone();
        let chooser = spawn(move || {
            select! { result = Put::new(&theirs, "word") => result }
        });
        yield_now();
        assert_eq!(queue.putting(), 1);
        queue.shutdown();
        assert_eq!(chooser.wait().unwrap(), Err(Full("word")));
        assert_eq!(select! { result = Put::new(&queue, "late") => result }, Err(Full("late")));
    });
}

#[test]
fn a_killed_chooser_puts_nothing() {
    check(|| {
        let queue = LightQueue::new(Some(0));
        let theirs = queue.clone();
        let chooser = spawn(move || {
            select! { result = Put::new(&theirs, 1) => result }
        });
        yield_now();
        chooser.kill();
        assert_eq!((queue.putting(), queue.try_get()), (0, Err(Empty)));
        assert!(chooser.wait().unwrap_err().is_killed());
    });
}

#[test]
fn those_who_only_watch_take_nothing() {
    check(|| {
        debug::pause_clock();
        let (queue, meeting) = (LightQueue::new(Some(1)), LightQueue::new(Some(0)));
        let theirs = queue.clone();
        let watcher = spawn(move || wait_any(&[&theirs]));
        let theirs = queue.clone();
        let getter = spawn(move || theirs.get());
        yield_now();
        assert_eq!(queue.getting(), 1, "a watcher does not count");
        queue.put(1).unwrap();
        assert_eq!(getter.wait().unwrap(), Ok(1));
        assert!(!watcher.is_dead());
        queue.put(2).unwrap();
        assert_eq!(watcher.wait().unwrap(), 0);

        let (room, partner) = (Put::new(&queue, 3), Put::new(&meeting, 4));
        assert_eq!(wait_any_timeout(&[&room, &partner], ms(5)), None);
        let theirs = meeting.clone();
        let getter = spawn(move || theirs.get());
        assert_eq!(wait_any(&[&room, &partner]), 1);
        assert_eq!(meeting.put(5), Ok(()));
        getter.wait().unwrap().unwrap();
        let theirs = queue.clone();
        let getter = spawn(move || theirs.get());
        assert_eq!(iwait(&[&partner, &room]).next(), Some(1));
        assert_eq!(getter.wait().unwrap(), Ok(2));
        let theirs = meeting.clone();
        let putter = spawn(move || theirs.put(6));
        assert_eq!(wait_any(&[&meeting]), 0);
        assert_eq!(meeting.try_get(), Ok(6));
        putter.wait().unwrap().unwrap();
    });
}

#[test]
fn a_put_that_another_gives_up_stays_in_line() {
    check(|| {
        debug::pause_clock();
        let queue = LightQueue::new(Some(0));
        let put = Put::new(&queue, 1);
        scope(|scope| {
            let puts_within = |limit| {
                let put = &put;
                scope.spawn(move || {
                    select! {
                        result = put => result.is_ok(),
                        _ = after(limit) => false,
                    }
                })
            };
            let (patient, hasty) = (puts_within(ms(100)), puts_within(ms(10)));
            assert!(!hasty.wait().unwrap());
            assert_eq!(queue.putting(), 1);
            assert_eq!(queue.try_get(), Ok(1));
            assert!(patient.wait().unwrap());
        });
    });
}
