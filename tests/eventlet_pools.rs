//! The behaviours of Eventlet's own tests of `pools`, by their names.

use std::cell::Cell;
use std::rc::Rc;

use eventlet::debug::pause_clock;
use eventlet::pools::{Builder, Item, Pool};
use eventlet::{GreenPool, LightQueue, Queue, Timeout, sleep, spawn, spawn_n};
use eventlet_tests::{check, ms, yield_now};

/// A pool whose items are numbered from 1 as they are made.
fn numbers(builder: Builder) -> Pool<u32> {
    let last = Cell::new(0);
    builder.build_infallible(move || {
        last.set(last.get() + 1);
        last.get()
    })
}

fn get<T>(pool: &Pool<T>) -> Item<T> {
    let Ok(item) = pool.get();
    item
}

#[test]
fn integers() {
    check(|| {
        let pool = numbers(Pool::builder());
        let items: Vec<_> = (0..4).map(|_| get(&pool)).collect();
        let got: Vec<u32> = items.iter().map(|item| **item).collect();
        assert_eq!(got, [1, 2, 3, 4]);
    });
}

#[test]
fn free() {
    check(|| {
        let pool = numbers(Pool::builder());
        assert_eq!(pool.free(), 4);
        let item = get(&pool);
        assert_eq!(pool.free(), 3);
        drop(item);
        assert_eq!(pool.free(), 4);
    });
}

#[test]
fn exhaustion() {
    check(|| {
        let (pool, waiter) = (numbers(Pool::builder()), LightQueue::new(Some(0)));
        let (theirs, queue) = (pool.clone(), waiter.clone());
        spawn_n(move || queue.put(get(&theirs)).unwrap());
        let mut items: Vec<_> = (0..4).map(|_| get(&pool)).collect();
        assert_eq!(pool.free(), 0);
        // Nothing is in the pool, so the consumer waits.
        yield_now();
        assert_eq!(pool.waiting(), 1);

        let one = *items[0];
        drop(items.remove(0));
        assert_eq!(*waiter.get().unwrap(), one);
    });
}

#[test]
fn blocks_on_pool() {
    check(|| {
        let (pool, waiter) = (numbers(Pool::builder()), LightQueue::new(Some(0)));
        let (theirs, queue) = (pool.clone(), waiter.clone());
        let greedy = spawn(move || {
            let _items: Vec<_> = (0..4).map(|_| get(&theirs)).collect();
            assert_eq!(theirs.waiting(), 0);
            let _fifth = get(&theirs);
            queue.put("never").unwrap();
        });
        assert_eq!(pool.waiting(), 0);
        yield_now();
        assert_eq!(pool.waiting(), 1);
        assert_eq!(waiter.putting(), 0);
        greedy.kill();
        assert!(greedy.wait().unwrap_err().is_killed());
        // Other than in Eventlet, what was killed has put back what it had.
        assert_eq!((pool.waiting(), pool.free()), (0, 4));
    });
}

#[test]
fn ordering() {
    check(|| {
        let pool = numbers(Pool::builder());
        let (one, two) = (get(&pool), get(&pool));
        drop(one);
        drop(two);
        assert_eq!([*get(&pool), *get(&pool)], [1, 2]);
    });
}

#[test]
fn putting_to_queue() {
    check(|| {
        let in_time = Timeout::new(ms(10_000)).run(|| {
            const SIZE: usize = 2;
            let (pool, queue) = (numbers(Pool::builder().max_size(SIZE)), Queue::new(None));
            for index in 0..=SIZE {
                let (item, queue) = (get(&pool), queue.clone());
                spawn_n(move || {
                    drop(item);
                    queue.put(index).unwrap();
                });
            }
            let mut results: Vec<_> = (0..=SIZE).map(|_| queue.get().unwrap()).collect();
            results.sort_unstable();
            assert_eq!(results, [0, 1, 2]);
        });
        in_time.unwrap();
    });
}

#[test]
fn resize() {
    check(|| {
        let pool = numbers(Pool::builder().max_size(2));
        let (one, two) = (get(&pool), get(&pool));
        assert_eq!(pool.free(), 0);

        // What is put back beyond the size is dropped.
        pool.resize(1);
        drop(one);
        drop(two);
        assert_eq!((pool.free(), pool.len()), (1, 1));

        pool.resize(2);
        assert_eq!(pool.free(), 2);
    });
}

#[test]
fn create_contention() {
    check(|| {
        let n_made = Rc::new(Cell::new(0));
        let made = n_made.clone();
        let pool = Pool::infallible(move || {
            made.set(made.get() + 1);
            yield_now();
            "slept"
        });
        let green = GreenPool::default();
        for _ in 0..100 {
            let pool = pool.clone();
            green.spawn_n(move || assert_eq!(*get(&pool), "slept"));
        }
        green.wait_all();
        assert_eq!(n_made.get(), 4);
    });
}

#[test]
fn put_with_timed_out_getters() {
    check(|| {
        pause_clock();
        let pool = numbers(Pool::builder().max_size(2));
        let (one, _two) = (get(&pool), get(&pool));
        let getters: Vec<_> = (0..5)
            .map(|_| {
                let pool = pool.clone();
                spawn(move || {
                    let _limit = Timeout::new(ms(10));
                    drop(get(&pool));
                })
            })
            .collect();
        yield_now();
        assert_eq!(pool.waiting(), 5);
        // All have a timeout that is due when the item is put back, which blocks nobody. Unlike in
        // Eventlet, who is given the item before the timeout was seen to has it, and puts it back.
        sleep(ms(10));
        drop(one);
        assert_eq!(pool.len(), 2);
        let ends = getters.into_iter().map(|getter| getter.wait());
        assert!(ends.filter_map(Result::err).all(|exit| exit.is_timeout()));
        assert_eq!((pool.free(), pool.waiting(), pool.len()), (1, 0, 2));
    });
}

#[test]
fn something() {
    check(|| {
        let pool = numbers(Pool::builder().min_size(3).max_size(3));
        assert_eq!((pool.len(), pool.free()), (3, 3));
        // One of those that are there.
        assert_eq!(*get(&pool), 1);
        assert_eq!(pool.len(), 3);
    });
}

mod order_as_stack {
    use super::*;

    #[test]
    fn ordering() {
        check(|| {
            let pool = numbers(Pool::builder().max_size(3).order_as_stack(true));
            let (one, two) = (get(&pool), get(&pool));
            drop(one);
            drop(two);
            let (first, second) = (get(&pool), get(&pool));
            assert_eq!([*first, *second], [2, 1]);
        });
    }
}

#[test]
fn it() {
    check(|| {
        let pool = Pool::new(|| Err::<(), _>("on purpose"));
        assert_eq!(pool.free(), 4);
        assert_eq!(pool.get().unwrap_err(), "on purpose");
        assert_eq!((pool.free(), pool.len()), (4, 0));
    });
}
