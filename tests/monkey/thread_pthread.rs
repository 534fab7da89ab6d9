//! C's locks, by the functions that C libraries call.
#![allow(unsafe_code, reason = "calls of C functions")]

use std::cell::{RefCell, UnsafeCell};
use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Barrier, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use eventlet_monkey_tests::{at_once, check, check_without_the_patch, is_patched, sleep_until};
use eventlet_tests::{LIMIT, ms};

const N: usize = 200;

/// Something of C's that all threads use.
struct Shared<T>(Box<UnsafeCell<T>>);

// SAFETY: it is only used by functions that are made for that.
unsafe impl<T> Sync for Shared<T> {}

impl<T> Shared<T> {
    fn new(value: T) -> Self {
        Shared(Box::new(UnsafeCell::new(value)))
    }

    fn at(&self) -> *mut T {
        self.0.get()
    }
}

/// Calls a C function that answers with a status.
macro_rules! c {
    ($name:ident($($argument:expr),* $(,)?)) => {
        // SAFETY: the arguments are what the function wants.
        unsafe { functions::$name($($argument),*) }
    };
}

/// Those of `libc`, and some that it does not declare.
mod functions {
    pub use libc::*;

    unsafe extern "C" {
        pub fn pthread_mutex_clocklock(
            mutex: *mut pthread_mutex_t,
            clock: clockid_t,
            moment: *const timespec,
        ) -> c_int;
        pub fn pthread_cond_clockwait(
            condition: *mut pthread_cond_t,
            mutex: *mut pthread_mutex_t,
            clock: clockid_t,
            moment: *const timespec,
        ) -> c_int;
        pub fn pthread_rwlock_timedrdlock(
            lock: *mut pthread_rwlock_t,
            moment: *const timespec,
        ) -> c_int;
        pub fn pthread_rwlock_timedwrlock(
            lock: *mut pthread_rwlock_t,
            moment: *const timespec,
        ) -> c_int;
    }
}

type Mutex = Shared<libc::pthread_mutex_t>;
type Condition = Shared<libc::pthread_cond_t>;

fn mutex(kind: c_int) -> Mutex {
    let (mutex, mut kinds) = (Shared::new(libc::PTHREAD_MUTEX_INITIALIZER), MaybeUninit::uninit());
    assert_eq!(c!(pthread_mutexattr_init(kinds.as_mut_ptr())), 0);
    assert_eq!(c!(pthread_mutexattr_settype(kinds.as_mut_ptr(), kind)), 0);
    assert_eq!(c!(pthread_mutex_init(mutex.at(), kinds.as_ptr())), 0);
    mutex
}

fn condition() -> Condition {
    Shared::new(libc::PTHREAD_COND_INITIALIZER)
}

/// The moment of a clock in so long.
fn moment(clock: libc::clockid_t, limit: Duration) -> libc::timespec {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    assert_eq!(c!(clock_gettime(clock, &raw mut now)), 0);
    let moment = Duration::new(now.tv_sec as u64, now.tv_nsec as u32) + limit;
    libc::timespec { tv_sec: moment.as_secs() as i64, tv_nsec: moment.subsec_nanos().into() }
}

fn locked<R>(mutex: &Mutex, f: impl FnOnce() -> R) -> R {
    assert_eq!(c!(pthread_mutex_lock(mutex.at())), 0);
    let result = f();
    assert_eq!(c!(pthread_mutex_unlock(mutex.at())), 0);
    result
}

#[test]
fn a_mutex_of_each_kind_is_held_across_a_blocking_call() {
    check(|| {
        let kinds = [
            libc::PTHREAD_MUTEX_NORMAL,
            libc::PTHREAD_MUTEX_RECURSIVE,
            libc::PTHREAD_MUTEX_ERRORCHECK,
            libc::PTHREAD_MUTEX_ADAPTIVE_NP,
        ];
        for kind in kinds {
            let (mutex, n_holders, n_done) =
                (mutex(kind), AtomicUsize::new(0), AtomicUsize::new(0));
            at_once(N, |i| {
                if i % 2 == 0 {
                    return thread::sleep(ms(5));
                }
                locked(&mutex, || {
                    assert_eq!(n_holders.fetch_add(1, Ordering::SeqCst), 0);
                    thread::sleep(ms(if i == 1 { 50 } else { 1 }));
                    n_done.fetch_add(1, Ordering::SeqCst);
                    assert_eq!(n_holders.fetch_sub(1, Ordering::SeqCst), 1);
                });
            });
            assert_eq!(n_done.into_inner(), N / 2);
            assert_eq!(c!(pthread_mutex_destroy(mutex.at())), 0);
        }
    });
}

/// Who has it may take it again, and nobody else.
#[test]
fn a_recursive_mutex_has_one_owner() {
    check(|| {
        let (mutex, n_inside) = (mutex(libc::PTHREAD_MUTEX_RECURSIVE), AtomicUsize::new(0));
        at_once(50, |_| {
            locked(&mutex, || {
                assert_eq!(n_inside.fetch_add(1, Ordering::SeqCst), 0);
                thread::sleep(ms(1));
                locked(&mutex, || {
                    assert_eq!(c!(pthread_mutex_trylock(mutex.at())), 0);
                    thread::sleep(ms(1));
                    assert_eq!(c!(pthread_mutex_unlock(mutex.at())), 0);
                });
                assert_eq!(n_inside.fetch_sub(1, Ordering::SeqCst), 1);
            });
        });
        let both = Barrier::new(2);
        at_once(2, |i| match i {
            0 => locked(&mutex, || [both.wait(), both.wait()]),
            _ => {
                let is_held = both.wait();
                assert_eq!(c!(pthread_mutex_trylock(mutex.at())), libc::EBUSY);
                assert_eq!(c!(pthread_mutex_unlock(mutex.at())), libc::EPERM);
                [is_held, both.wait()]
            }
        });
    });
}

#[test]
fn a_mutex_that_checks_finds_mistakes() {
    check(|| {
        let (mutex, both) = (mutex(libc::PTHREAD_MUTEX_ERRORCHECK), Barrier::new(2));
        at_once(2, |i| match i {
            0 => locked(&mutex, || {
                assert_eq!(c!(pthread_mutex_lock(mutex.at())), libc::EDEADLK);
                both.wait();
                both.wait();
            }),
            _ => {
                both.wait();
                let unlock = || c!(pthread_mutex_unlock(mutex.at()));
                assert_eq!(unlock(), libc::EPERM);
                let elsewhere = thread::scope(|scope| scope.spawn(unlock).join().unwrap());
                assert_eq!(elsewhere, libc::EPERM);
                assert_eq!(unlock(), libc::EPERM);
                both.wait();
                locked(&mutex, || ());
                assert_eq!(unlock(), libc::EPERM);
            }
        });
    });
}

#[test]
fn waits_for_mutexes_end_at_their_time() {
    check(|| {
        let mutex = mutex(libc::PTHREAD_MUTEX_NORMAL);
        let (is_held, n_ended) = (Barrier::new(N), AtomicUsize::new(0));
        let run = at_once(N, |i| {
            if i == 0 {
                return locked(&mutex, || {
                    is_held.wait();
                    sleep_until(|| n_ended.load(Ordering::SeqCst) == N - 1);
                });
            }
            is_held.wait();
            let (start, limit) = (Instant::now(), ms(500));
            let status = if i % 2 == 0 {
                let moment = moment(libc::CLOCK_REALTIME, limit);
                c!(pthread_mutex_timedlock(mutex.at(), &raw const moment))
            } else {
                let moment = moment(libc::CLOCK_MONOTONIC, limit);
                let clock = libc::CLOCK_MONOTONIC;
                c!(pthread_mutex_clocklock(mutex.at(), clock, &raw const moment))
            };
            assert_eq!(status, libc::ETIMEDOUT);
            assert!(start.elapsed() >= limit - ms(1));
            n_ended.fetch_add(1, Ordering::SeqCst);
        });
        run.like_the_slowest(ms(500));
    });
}

#[test]
fn conditions_go_to_and_fro() {
    const ROUNDS: usize = 2_000;
    check(|| {
        let (mutex, condition) = (mutex(libc::PTHREAD_MUTEX_NORMAL), condition());
        let turn = AtomicUsize::new(0);
        at_once(2, |i| {
            for _ in 0..ROUNDS {
                locked(&mutex, || {
                    while turn.load(Ordering::Relaxed) % 2 != i {
                        assert_eq!(c!(pthread_cond_wait(condition.at(), mutex.at())), 0);
                    }
                    turn.fetch_add(1, Ordering::Relaxed);
                    assert_eq!(c!(pthread_cond_signal(condition.at())), 0);
                });
            }
        });
        assert_eq!(turn.into_inner(), 2 * ROUNDS);
    });
}

#[test]
fn conditions_wake_all_or_end_at_their_time() {
    check(|| {
        let (mutex, condition) = (mutex(libc::PTHREAD_MUTEX_RECURSIVE), condition());
        let (is_open, n_ended) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let is_short = |i: usize| i.is_multiple_of(3) && i > 0;
        let n_short = (0..N).filter(|i| is_short(*i)).count();
        at_once(N, |i| {
            if i == 0 {
                sleep_until(|| n_ended.load(Ordering::SeqCst) == n_short);
                return locked(&mutex, || {
                    is_open.store(1, Ordering::Relaxed);
                    assert_eq!(c!(pthread_cond_broadcast(condition.at())), 0);
                });
            }
            locked(&mutex, || {
                let clocks = [libc::CLOCK_REALTIME, libc::CLOCK_MONOTONIC];
                let clock = clocks[i % 2];
                let limit = if is_short(i) { ms(50) } else { 10 * LIMIT };
                let (begin, moment) = (Instant::now(), moment(clock, limit));
                let mut status = 0;
                while status == 0 && is_open.load(Ordering::Relaxed) == 0 {
                    status = if clock == libc::CLOCK_REALTIME {
                        c!(pthread_cond_timedwait(condition.at(), mutex.at(), &raw const moment))
                    } else {
                        let (condition, mutex) = (condition.at(), mutex.at());
                        c!(pthread_cond_clockwait(condition, mutex, clock, &raw const moment))
                    };
                }
                if is_short(i) {
                    assert_eq!(status, libc::ETIMEDOUT);
                    assert!(begin.elapsed() >= limit - ms(1));
                    n_ended.fetch_add(1, Ordering::SeqCst);
                } else {
                    assert_eq!(status, 0);
                }
            });
        });
    });
}

/// A condition by whose attributes times are those of the steady clock.
#[test]
fn a_condition_has_a_clock() {
    check(|| {
        let (mutex, condition) = (mutex(libc::PTHREAD_MUTEX_NORMAL), condition());
        let mut clock = MaybeUninit::uninit();
        assert_eq!(c!(pthread_condattr_init(clock.as_mut_ptr())), 0);
        assert_eq!(c!(pthread_condattr_setclock(clock.as_mut_ptr(), libc::CLOCK_MONOTONIC)), 0);
        assert_eq!(c!(pthread_cond_init(condition.at(), clock.as_ptr())), 0);
        let run = at_once(N, |_| {
            locked(&mutex, || {
                let moment = moment(libc::CLOCK_MONOTONIC, ms(500));
                let status =
                    c!(pthread_cond_timedwait(condition.at(), mutex.at(), &raw const moment));
                assert_eq!(status, libc::ETIMEDOUT);
            });
        });
        run.like_the_slowest(ms(500));
    });
}

#[test]
fn readers_read_together_and_writers_write_alone() {
    check(|| {
        let lock = Shared::new(libc::PTHREAD_RWLOCK_INITIALIZER);
        let (n_readers, most, n_written) =
            (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        at_once(N, |i| {
            if i % 10 == 0 {
                assert_eq!(c!(pthread_rwlock_wrlock(lock.at())), 0);
                assert_eq!(n_readers.load(Ordering::SeqCst), 0);
                thread::sleep(ms(1));
                assert_eq!(n_readers.load(Ordering::SeqCst), 0);
                n_written.fetch_add(1, Ordering::SeqCst);
            } else {
                assert_eq!(c!(pthread_rwlock_rdlock(lock.at())), 0);
                most.fetch_max(n_readers.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                thread::sleep(ms(2));
                n_readers.fetch_sub(1, Ordering::SeqCst);
            }
            assert_eq!(c!(pthread_rwlock_unlock(lock.at())), 0);
        });
        assert_eq!(n_written.into_inner(), N / 10);
        assert!(most.into_inner() > 1);
    });
}

#[test]
fn waits_for_read_write_locks_end_at_their_time() {
    check(|| {
        let lock = Shared::new(libc::PTHREAD_RWLOCK_INITIALIZER);
        let all = Barrier::new(3);
        at_once(3, |i| {
            if i == 0 {
                assert_eq!(c!(pthread_rwlock_wrlock(lock.at())), 0);
                all.wait();
                all.wait();
                assert_eq!(c!(pthread_rwlock_unlock(lock.at())), 0);
                return;
            }
            all.wait();
            let moment = moment(libc::CLOCK_REALTIME, ms(50));
            let status = match i {
                1 => c!(pthread_rwlock_timedrdlock(lock.at(), &raw const moment)),
                _ => c!(pthread_rwlock_timedwrlock(lock.at(), &raw const moment)),
            };
            assert_eq!(status, libc::ETIMEDOUT);
            all.wait();
        });
    });
}

#[test]
fn semaphores_are_posted_from_anywhere() {
    check(|| {
        // SAFETY: a semaphore of zeros is made one at once.
        let semaphore = Shared::new(unsafe { MaybeUninit::<libc::sem_t>::zeroed().assume_init() });
        assert_eq!(c!(sem_init(semaphore.at(), 0, 0)), 0);
        at_once(N, |i| {
            if i % 2 == 0 {
                assert_eq!(c!(sem_wait(semaphore.at())), 0);
            } else {
                thread::sleep(ms(20));
                assert_eq!(c!(sem_post(semaphore.at())), 0);
            }
        });
        let moment = moment(libc::CLOCK_REALTIME, ms(20));
        assert_eq!(c!(sem_timedwait(semaphore.at(), &raw const moment)), -1);
        assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(libc::ETIMEDOUT));
    });
}

#[test]
fn a_barrier_opens_for_all_at_once() {
    const N: usize = 30;
    check(|| {
        // SAFETY: a barrier of zeros is made one at once.
        let barrier =
            Shared::new(unsafe { MaybeUninit::<libc::pthread_barrier_t>::zeroed().assume_init() });
        assert_eq!(c!(pthread_barrier_init(barrier.at(), std::ptr::null(), N as u32)), 0);
        let (n_serial, n_here) = (AtomicUsize::new(0), AtomicUsize::new(0));
        at_once(N, |_| {
            for round in 1..=2 {
                n_here.fetch_add(1, Ordering::SeqCst);
                match c!(pthread_barrier_wait(barrier.at())) {
                    0 => {}
                    libc::PTHREAD_BARRIER_SERIAL_THREAD => {
                        n_serial.fetch_add(1, Ordering::SeqCst);
                    }
                    status => panic!("{status}"),
                }
                assert!(n_here.load(Ordering::SeqCst) >= round * N);
            }
        });
        assert_eq!(n_serial.into_inner(), 2);
    });
}

/// Green threads of this hub, and OS threads that have none, at one mutex and condition.
#[test]
fn os_threads_and_green_threads_share() {
    const ROUNDS: usize = 300;
    check(|| {
        let (mutex, condition) = (mutex(libc::PTHREAD_MUTEX_NORMAL), condition());
        let (turn, n_threads) = (AtomicUsize::new(0), 6);
        let take_turns = &|i: usize| {
            for _ in 0..ROUNDS {
                locked(&mutex, || {
                    while turn.load(Ordering::Relaxed) % n_threads != i {
                        assert_eq!(c!(pthread_cond_wait(condition.at(), mutex.at())), 0);
                    }
                    turn.fetch_add(1, Ordering::Relaxed);
                    assert_eq!(c!(pthread_cond_broadcast(condition.at())), 0);
                });
            }
        };
        thread::scope(|scope| {
            (3..n_threads).for_each(|i| drop(scope.spawn(move || take_turns(i))));
            at_once(3, take_turns);
        });
        assert_eq!(turn.load(Ordering::Relaxed), n_threads * ROUNDS);
    });
}

/// What is thrown does not end a wait for a lock: it is raised at the next wait.
#[test]
fn a_kill_leaves_who_waits_in_peace() {
    check(|| {
        if !is_patched() {
            return;
        }
        let mutex: &'static Mutex = Box::leak(Box::new(mutex(libc::PTHREAD_MUTEX_NORMAL)));
        assert_eq!(c!(pthread_mutex_lock(mutex.at())), 0);
        let reached = std::rc::Rc::new(std::cell::Cell::new(false));
        let reaches = reached.clone();
        let waiter = eventlet::spawn(move || {
            locked(mutex, || reaches.set(true));
            eventlet::sleep(Duration::ZERO);
            unreachable!("it was killed");
        });
        eventlet::sleep(Duration::ZERO);
        waiter.kill();
        assert!(!reached.get());
        assert_eq!(c!(pthread_mutex_unlock(mutex.at())), 0);
        assert!(waiter.wait().unwrap_err().is_killed());
        assert!(reached.get());
    });
}

/// An allocator's must not be waited for in the middle of it by letting others in.
#[test]
fn what_another_os_thread_has_for_a_moment_lets_nobody_else_run() {
    check(|| {
        if !is_patched() {
            return;
        }
        // A busy machine may make a moment long.
        let is_kept_out = |_| {
            let mutex = &mutex(libc::PTHREAD_MUTEX_NORMAL);
            let order: &RefCell<Vec<&str>> = &RefCell::default();
            thread::scope(|os_threads| {
                let (locked, is_locked) = mpsc::channel();
                os_threads.spawn(move || {
                    assert_eq!(c!(pthread_mutex_lock(mutex.at())), 0);
                    locked.send(()).unwrap();
                    thread::sleep(ms(5));
                    assert_eq!(c!(pthread_mutex_unlock(mutex.at())), 0);
                });
                is_locked.recv().unwrap();
                eventlet::scope(|scope| {
                    scope.spawn(move || {
                        assert_eq!(c!(pthread_mutex_lock(mutex.at())), 0);
                        order.borrow_mut().push("who waits");
                        assert_eq!(c!(pthread_mutex_unlock(mutex.at())), 0);
                    });
                    scope.spawn(move || order.borrow_mut().push("another"));
                });
            });
            order.take() == ["who waits", "another"]
        };
        assert!((0..20).any(is_kept_out));
    });
}

/// Only the first of those who want it makes the whole OS thread wait.
#[test]
fn what_another_os_thread_has_for_long_holds_up_nobody_else() {
    check(|| {
        if !is_patched() {
            return;
        }
        // A busy machine may hold up anyone.
        let is_short = |_| {
            let mutex = &mutex(libc::PTHREAD_MUTEX_NORMAL);
            let (tell, is_locked) = mpsc::channel();
            let (release, is_released) = mpsc::channel();
            thread::scope(|os_threads| {
                os_threads.spawn(move || {
                    locked(mutex, || {
                        tell.send(()).unwrap();
                        is_released.recv().unwrap();
                    });
                });
                is_locked.recv().unwrap();
                let began = Instant::now();
                eventlet::scope(|scope| {
                    for _ in 0..20 {
                        scope.spawn(|| locked(mutex, || ()));
                    }
                    scope.spawn(move || release.send(()).unwrap());
                });
                began.elapsed() < ms(500)
            })
        };
        assert!((0..10).any(is_short));
    });
}

#[test]
fn without_the_patch() {
    check_without_the_patch();
}
