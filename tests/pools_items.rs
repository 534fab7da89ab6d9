//! Items of pools: handing on, failing to make one, sizes, and what destructors do.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use eventlet::debug::pause_clock;
use eventlet::pools::{Item, Pool, TokenPool};
use eventlet::{GreenThread, sleep, spawn, with_timeout};
use eventlet_tests::{Log, OnDrop, check, ms, panic_of, yield_now};

fn get<T>(pool: &Pool<T>) -> Item<T> {
    let Ok(item) = pool.get();
    item
}

/// Gets an item in a green thread of its own, which waits for it and returns it.
fn get_aside<T: 'static, E: 'static>(pool: &Pool<T, E>) -> GreenThread<Result<Item<T>, E>> {
    let pool = pool.clone();
    let thread = spawn(move || pool.get());
    yield_now();
    thread
}

#[test]
fn item_that_is_put_back_goes_to_the_first_who_waits() {
    check(|| {
        let pool = Pool::builder().max_size(1).build_infallible(|| "item");
        let item = get(&pool);
        let (first, second) = (get_aside(&pool), get_aside(&pool));
        assert_eq!(pool.waiting(), 2);
        drop(item);
        // It is the first one's already: nobody passes.
        let Ok(barged) = pool.try_get();
        assert!(barged.is_none());
        drop(first.wait().unwrap());
        drop(second.wait().unwrap());
        assert_eq!((pool.free(), pool.len()), (1, 1));
    });
}

#[test]
fn next_in_line_has_a_try_when_making_an_item_fails() {
    check(|| {
        let n_tries = Cell::new(0);
        let pool = Pool::builder().max_size(1).build(move || {
            n_tries.set(n_tries.get() + 1);
            let n = n_tries.get();
            yield_now();
            assert!(n != 2, "on purpose");
            if n < 4 { Err(n) } else { Ok(n) }
        });
        let pool = pool.unwrap();
        let getter = |_| {
            let pool = pool.clone();
            spawn(move || pool.get())
        };
        let threads: Vec<_> = (0..4).map(getter).collect();
        yield_now();
        assert_eq!((pool.len(), pool.waiting()), (1, 3));
        let mut results = threads.into_iter().map(GreenThread::wait);
        assert_eq!(results.next().unwrap().unwrap().unwrap_err(), 1);
        assert!(results.next().unwrap().unwrap_err().is_panic());
        assert_eq!(results.next().unwrap().unwrap().unwrap_err(), 3);
        assert_eq!(*results.next().unwrap().unwrap().unwrap(), 4);
        assert_eq!((pool.free(), pool.len()), (1, 1));
    });
}

#[test]
fn next_in_line_has_a_try_when_making_an_item_is_killed_or_times_out() {
    check(|| {
        pause_clock();
        let n_made = Rc::new(Cell::new(0));
        let made = n_made.clone();
        let pool = Pool::builder().max_size(1).build_infallible(move || {
            made.set(made.get() + 1);
            sleep(ms(10));
        });
        let first = get_aside(&pool);
        let inner = pool.clone();
        let second = spawn(move || with_timeout(ms(15), || inner.get()).is_err());
        yield_now();
        let third = get_aside(&pool);
        assert_eq!((pool.len(), pool.free(), pool.waiting()), (1, 0, 2));
        sleep(ms(6));
        first.kill();
        assert!(second.wait().unwrap());
        assert!(third.wait().unwrap().is_ok());
        assert_eq!((n_made.get(), pool.len(), pool.free()), (3, 1, 1));
    });
}

#[test]
fn getter_that_is_killed_or_gives_up_leaves_no_trace() {
    check(|| {
        pause_clock();
        let pool = Pool::builder().max_size(1).build_infallible(|| ());
        let item = get(&pool);
        let killed = get_aside(&pool);
        let Ok(late) = pool.get_timeout(ms(10));
        assert!(late.is_none());
        killed.kill();
        assert_eq!(pool.waiting(), 0);
        // Killed when the item is its own: it has it, and puts it back.
        let given = get_aside(&pool);
        drop(item);
        given.kill();
        assert!(given.wait().unwrap().is_ok());
        assert_eq!(pool.free(), 1);
    });
}

#[test]
fn item_is_put_back_by_a_panic_and_by_a_kill() {
    check(|| {
        let pool = Pool::builder().max_size(1).build_infallible(|| ());
        assert_eq!(
            panic_of(|| {
                let _item = get(&pool);
                panic!("on purpose");
            }),
            "on purpose"
        );
        let inner = pool.clone();
        let killed = spawn(move || {
            let _item = get(&inner);
            sleep(ms(60_000));
        });
        yield_now();
        assert_eq!(pool.free(), 0);
        killed.kill();
        assert_eq!((pool.free(), pool.len()), (1, 1));
    });
}

#[test]
fn detached_and_discarded_items_make_room() {
    check(|| {
        let (log, n_made) = (Log::new(), Cell::new(0));
        let noted = log.clone();
        let pool = Pool::builder().max_size(1).build_infallible(move || {
            n_made.set(n_made.get() + 1);
            noted.add(format!("make {}", n_made.get()));
            noted.on_drop(format!("drop {}", n_made.get()))
        });
        let item = get(&pool);
        let waiter = get_aside(&pool);
        item.discard();
        let detached = waiter.wait().unwrap().map(Item::detach);
        assert_eq!(log.take(), "make 1 drop 1 make 2");
        assert_eq!((pool.len(), pool.free()), (0, 1));
        let Ok(detached) = detached;
        assert!(pool.put(detached).is_ok());
        let item = get(&pool);
        assert!(pool.put(log.on_drop("refused")).is_err());
        drop(item);
        assert_eq!(log.take(), "refused");
        drop(pool);
        assert_eq!(log.take(), "drop 2");
    });
}

#[test]
fn pool_that_shrinks_drops_what_is_too_much() {
    check(|| {
        let (log, n_made) = (Log::new(), Cell::new(0));
        let noted = log.clone();
        let pool = Pool::builder().min_size(4).build_infallible(move || {
            n_made.set(n_made.get() + 1);
            noted.on_drop(n_made.get())
        });
        let (one, two) = (get(&pool), get(&pool));
        pool.resize(1);
        assert_eq!((log.take().as_str(), pool.free(), pool.len()), ("3 4", -1, 2));
        drop(two);
        assert_eq!((log.take().as_str(), pool.free(), pool.len()), ("2", 0, 1));
        let waiter = get_aside(&pool);
        pool.resize(2);
        // Those who wait have the new room at once.
        let Ok(item) = waiter.wait().unwrap();
        assert_eq!((pool.len(), pool.max_size()), (2, 2));
        drop((one, item));
        assert_eq!((log.take().as_str(), pool.free()), ("", 2));
    });
}

#[test]
fn destructors_and_create_may_use_the_pool() {
    check(|| {
        let place = Rc::new(RefCell::new(None::<Pool<OnDrop<Box<dyn FnMut()>>>>));
        let (theirs, n_drops) = (place.clone(), Rc::new(Cell::new(0)));
        let counted = n_drops.clone();
        let pool = Pool::builder().max_size(3).build_infallible(move || {
            let (place, n_drops) = (theirs.clone(), counted.clone());
            if let Some(pool) = &*place.borrow() {
                assert!(pool.waiting() == 0 && pool.free() < 3);
            }
            let on_drop: Box<dyn FnMut()> = Box::new(move || {
                n_drops.set(n_drops.get() + 1);
                let pool = place.borrow().clone();
                if let Some(pool) = pool {
                    let Ok(item) = pool.try_get();
                    drop((item, pool.len(), pool.free()));
                }
            });
            OnDrop(on_drop)
        });
        place.replace(Some(pool.clone()));
        let items = [get(&pool), get(&pool), get(&pool)];
        pool.resize(1);
        drop(items);
        pool.resize(0);
        get_aside(&pool).kill();
        assert_eq!((n_drops.get(), pool.len(), pool.free()), (3, 0, 0));
        place.take();
    });
}

#[test]
fn building_fails_with_the_first_item() {
    check(|| {
        let log = Log::new();
        let noted = log.clone();
        let n_tries = Cell::new(0);
        let refused = Pool::builder().min_size(3).build(move || {
            n_tries.set(n_tries.get() + 1);
            if n_tries.get() == 3 { Err("no more") } else { Ok(noted.on_drop("dropped")) }
        });
        assert_eq!(refused.unwrap_err(), "no more");
        assert_eq!(log.take(), "dropped dropped");
        let text = panic_of(|| Pool::builder().min_size(5).build_infallible(|| ()));
        assert_eq!(text, "a pool of at most 4 cannot begin with 5");
    });
}

#[test]
fn tokens_are_permissions() {
    check(|| {
        let tokens = TokenPool::new(1);
        let token = tokens.get();
        assert!(tokens.try_get().is_none() && tokens.get_timeout(ms(1)).is_none());
        let theirs = tokens.clone();
        let waiter = spawn(move || drop(theirs.get()));
        yield_now();
        assert_eq!((tokens.waiting(), tokens.free()), (1, 0));
        tokens.resize(2);
        waiter.wait().unwrap();
        drop(token);
        assert_eq!(tokens.free(), 2);
    });
}
