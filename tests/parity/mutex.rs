//! What std documents about locking a `std::sync::Mutex`.

use std::collections::HashMap;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, TryRecvError};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::thread;

use eventlet_tests::check;

/// Locks `mutex` in another thread, until the sender is dropped; then the thread ends.
fn hold<T: Send + 'static>(mutex: &Arc<Mutex<T>>) -> (mpsc::Sender<()>, thread::JoinHandle<()>) {
    let theirs = mutex.clone();
    let (has_locked, locked) = mpsc::channel();
    let (let_go, go) = mpsc::channel::<()>();
    let holder = thread::spawn(move || {
        let _guard = theirs.lock().unwrap();
        has_locked.send(()).unwrap();
        let _ = go.recv();
    });
    locked.recv().unwrap();
    (let_go, holder)
}

fn would_block<G>(result: Result<G, TryLockError<G>>) -> bool {
    matches!(result, Err(TryLockError::WouldBlock))
}

#[test]
fn gives_access_to_the_data() {
    check(|| {
        let mutex = Mutex::new(vec![1]);
        mutex.lock().unwrap().push(2);
        assert_eq!(*mutex.lock().unwrap(), [1, 2]);
    });
}

#[test]
fn lets_one_in_at_a_time() {
    check(|| {
        let mutex = Arc::new(Mutex::new(0));
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let mutex = mutex.clone();
                thread::spawn(move || {
                    for _ in 0..100 {
                        let mut guard = mutex.lock().unwrap();
                        let before = *guard;
                        thread::yield_now();
                        *guard = before + 1;
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(*mutex.lock().unwrap(), 800);
    });
}

#[test]
fn a_thread_waits_until_the_holder_lets_go() {
    check(|| {
        let mutex = Arc::new(Mutex::new("mine"));
        let guard = mutex.lock().unwrap();
        let theirs = mutex.clone();
        let (sender, receiver) = mpsc::channel();
        let waiter = thread::spawn(move || sender.send(*theirs.lock().unwrap()).unwrap());
        for _ in 0..10 {
            thread::yield_now();
            assert_eq!(receiver.try_recv(), Err(TryRecvError::Empty));
        }
        drop(guard);
        assert_eq!(receiver.recv(), Ok("mine"));
        waiter.join().unwrap();
    });
}

#[test]
fn what_was_written_is_seen_by_the_next() {
    check(|| {
        let mutex = Arc::new(Mutex::new(String::new()));
        for n in 0..10 {
            let mutex = mutex.clone();
            thread::spawn(move || mutex.lock().unwrap().push_str(&n.to_string())).join().unwrap();
        }
        assert_eq!(*mutex.lock().unwrap(), "0123456789");
    });
}

#[test]
fn try_lock_takes_what_is_free() {
    check(|| {
        let mutex = Mutex::new(1);
        *mutex.try_lock().unwrap() = 2;
        assert_eq!(*mutex.try_lock().unwrap(), 2);
    });
}

#[test]
fn try_lock_does_not_wait_for_another_thread() {
    check(|| {
        let mutex = Arc::new(Mutex::new(0));
        let (let_go, holder) = hold(&mutex);
        assert!(would_block(mutex.try_lock()));
        drop(let_go);
        holder.join().unwrap();
        assert!(mutex.try_lock().is_ok());
    });
}

#[test]
fn try_lock_does_not_take_what_is_its_own() {
    check(|| {
        let mutex = Mutex::new(0);
        let guard = mutex.lock().unwrap();
        assert!(would_block(mutex.try_lock()));
        drop(guard);
        assert!(!would_block(mutex.try_lock()));
    });
}

#[test]
fn a_temporary_guard_lives_to_the_end_of_its_statement() {
    check(|| {
        let mutex = Mutex::new(1);
        *mutex.lock().unwrap() += 1;
        assert_eq!(*mutex.lock().unwrap(), 2);
        let is_locked = (mutex.lock().unwrap(), mutex.try_lock().is_err()).1;
        assert!(is_locked && mutex.try_lock().is_ok());
    });
}

#[test]
fn a_guard_can_be_handed_around() {
    check(|| {
        fn bump(mut guard: MutexGuard<'_, i32>) -> MutexGuard<'_, i32> {
            *guard += 1;
            guard
        }
        let mutex = Mutex::new(1);
        let guard = bump(bump(mutex.lock().unwrap()));
        assert!(would_block(mutex.try_lock()));
        assert_eq!(*guard, 3);
    });
}

#[test]
fn a_forgotten_guard_leaves_it_locked() {
    check(|| {
        let mutex = Mutex::new(1);
        mem::forget(mutex.lock().unwrap());
        assert!(would_block(mutex.try_lock()));
        assert_eq!(mutex.into_inner().unwrap(), 1);
    });
}

#[test]
fn who_owns_it_needs_no_lock() {
    check(|| {
        let mut mutex = Mutex::new(String::from("a"));
        mutex.get_mut().unwrap().push('b');
        assert_eq!(mutex.into_inner().unwrap(), "ab");
    });
}

#[test]
fn drops_its_data_once() {
    struct Counted(Arc<AtomicUsize>);
    impl Drop for Counted {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    check(|| {
        let n_dropped = Arc::new(AtomicUsize::new(0));
        let mutex = Mutex::new(Counted(n_dropped.clone()));
        drop(mutex.lock().unwrap());
        assert_eq!(n_dropped.load(Ordering::SeqCst), 0);
        let data = mutex.into_inner().unwrap();
        assert_eq!(n_dropped.load(Ordering::SeqCst), 0);
        drop(Mutex::new(data));
        assert_eq!(n_dropped.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn may_hold_what_has_no_size() {
    check(|| {
        let slice: &Mutex<[i32]> = &Mutex::new([1, 2, 3]);
        slice.lock().unwrap()[0] = 4;
        assert_eq!(*slice.lock().unwrap(), [4, 2, 3]);
        let call: Arc<Mutex<dyn FnMut() -> i32 + Send>> = Arc::new(Mutex::new({
            let mut n = 0;
            move || {
                n += 1;
                n
            }
        }));
        (call.lock().unwrap())();
        let theirs = call.clone();
        assert_eq!(thread::spawn(move || (theirs.lock().unwrap())()).join().unwrap(), 2);
    });
}

#[test]
fn may_be_static() {
    static NAMES: Mutex<Vec<usize>> = Mutex::new(Vec::new());
    check(|| {
        let threads: Vec<_> =
            (0..4).map(|n| thread::spawn(move || NAMES.lock().unwrap().push(n))).collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        let mut names = mem::take(&mut *NAMES.lock().unwrap());
        names.sort_unstable();
        assert_eq!(names, [0, 1, 2, 3]);
    });
}

#[test]
fn may_hold_another_one() {
    check(|| {
        let outer = Arc::new(Mutex::new(Arc::new(Mutex::new(1))));
        let theirs = outer.clone();
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            let outer = theirs.lock().unwrap();
            let inner = outer.lock().unwrap();
            sender.send(*inner).unwrap();
        });
        assert_eq!(receiver.recv(), Ok(1));
    });
}

#[test]
fn an_arc_comes_back_when_the_threads_are_done() {
    check(|| {
        let counts = Arc::new(Mutex::new(HashMap::new()));
        let threads: Vec<_> = "abracadabra"
            .chars()
            .map(|letter| {
                let counts = counts.clone();
                thread::spawn(move || *counts.lock().unwrap().entry(letter).or_insert(0) += 1)
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        let counts = Arc::try_unwrap(counts).unwrap().into_inner().unwrap();
        assert_eq!([counts[&'a'], counts[&'b'], counts[&'c']], [5, 2, 1]);
    });
}

#[test]
fn can_be_locked_by_a_destructor_while_unwinding() {
    struct AddOnDrop(Arc<Mutex<i32>>);
    impl Drop for AddOnDrop {
        fn drop(&mut self) {
            *self.0.lock().unwrap() += 1;
        }
    }
    check(|| {
        let mutex = Arc::new(Mutex::new(1));
        let theirs = mutex.clone();
        let died = thread::spawn(move || {
            let _add = AddOnDrop(theirs);
            panic!("and adds");
        });
        assert!(died.join().is_err());
        assert_eq!(*mutex.lock().unwrap(), 2);
    });
}

#[test]
fn a_destructor_waits_for_it_while_unwinding() {
    struct AddOnDrop(Arc<Mutex<i32>>);
    impl Drop for AddOnDrop {
        fn drop(&mut self) {
            *self.0.lock().unwrap() += 1;
        }
    }
    check(|| {
        let mutex = Arc::new(Mutex::new(1));
        let guard = mutex.lock().unwrap();
        let theirs = mutex.clone();
        let died = thread::spawn(move || {
            let _add = AddOnDrop(theirs);
            panic!("and waits for a mutex");
        });
        for _ in 0..10 {
            thread::yield_now();
        }
        drop(guard);
        assert!(died.join().is_err());
        assert_eq!(*mutex.lock().unwrap(), 2);
    });
}

#[test]
fn several_are_locked_in_the_same_order() {
    check(|| {
        let accounts: Arc<Vec<Mutex<i32>>> = Arc::new((0..4).map(|_| Mutex::new(100)).collect());
        let threads: Vec<_> = (0..4)
            .map(|n: usize| {
                let accounts = accounts.clone();
                thread::spawn(move || {
                    for round in 0..50 {
                        let (a, b) = (n, (n + 1 + round % 3) % 4);
                        let mut low = accounts[a.min(b)].lock().unwrap();
                        thread::yield_now();
                        let mut high = accounts[a.max(b)].lock().unwrap();
                        *low -= 1;
                        *high += 1;
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(accounts.iter().map(|account| *account.lock().unwrap()).sum::<i32>(), 400);
    });
}

#[test]
fn a_guard_outside_of_a_caught_panic_holds_on() {
    check(|| {
        let mutex = Mutex::new(1);
        let guard = mutex.lock().unwrap();
        assert!(catch_unwind(AssertUnwindSafe(|| panic!("{}", *guard))).is_err());
        assert!(would_block(mutex.try_lock()));
        drop(guard);
        assert_eq!(*mutex.lock().unwrap(), 1);
    });
}
