//! Waiting in OS threads that have no hub, or none any more: they block, and get none.

use std::cell::RefCell;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use eventlet::green::sync::mpsc::{channel, sync_channel};
use eventlet::green::sync::{Barrier, Condvar, Mutex, OnceLock, RwLock};
use eventlet::green::thread as green_thread;
use eventlet_tests::child::alone;
use eventlet_tests::{ms, sys};

/// Has `wait` called in an OS thread of its own, and `end_wait` when that has very probably begun.
fn waits(wait: impl FnOnce() + Send + 'static, end_wait: impl FnOnce()) {
    let (begins, begun) = mpsc::channel();
    let waiting = thread::spawn(move || {
        begins.send(()).unwrap();
        wait();
    });
    begun.recv().unwrap();
    thread::sleep(ms(20));
    end_wait();
    waiting.join().unwrap();
}

#[test]
fn os_threads_wait_without_descriptors() {
    alone(|| {
        let all = sys::take_all_descriptors();
        let mutex: &'static Mutex<u32> = Box::leak(Box::default());
        let guard = mutex.lock().unwrap();
        waits(|| *mutex.lock().unwrap() += 1, || drop(guard));
        assert_eq!(*mutex.lock().unwrap(), 1);

        let lock: &'static RwLock<u32> = Box::leak(Box::default());
        let guard = lock.write().unwrap();
        waits(|| drop(lock.read().unwrap()), || drop(guard));
        let guard = lock.read().unwrap();
        waits(|| *lock.write().unwrap() += 1, || drop(guard));
        assert_eq!(*lock.read().unwrap(), 1);

        static CHANGED: Condvar = Condvar::new();
        let wait = || drop(CHANGED.wait_while(mutex.lock().unwrap(), |n| *n < 2).unwrap());
        waits(wait, || {
            *mutex.lock().unwrap() = 2;
            CHANGED.notify_one();
        });

        static BARRIER: Barrier = Barrier::new(2);
        let wait = || _ = BARRIER.wait();
        waits(wait, wait);

        static CELL: OnceLock<u32> = OnceLock::new();
        waits(|| assert_eq!(*CELL.wait(), 7), || CELL.set(7).unwrap());

        let (sender, receiver) = channel();
        waits(move || assert_eq!(receiver.recv(), Ok(1)), || sender.send(1).unwrap());
        let (sender, receiver) = sync_channel(0);
        waits(move || sender.send(1).unwrap(), || assert_eq!(receiver.recv(), Ok(1)));
        drop(all);
    });
}

/// Does something when its thread-local is destroyed.
struct AtEnd(Box<dyn FnOnce()>);

thread_local! {
    static AT_END: RefCell<Vec<AtEnd>> = const { RefCell::new(Vec::new()) };
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        std::mem::replace(&mut self.0, Box::new(|| ()))();
    }
}

/// Calls `f` in an OS thread that ends, after its hub has.
fn after_the_hub(f: impl FnOnce() + Send + 'static) {
    thread::spawn(move || {
        AT_END.with_borrow_mut(|at_end| at_end.push(AtEnd(Box::new(f))));
        eventlet::sleep(Duration::ZERO);
    })
    .join()
    .unwrap();
}

#[test]
fn destructors_of_thread_locals_wait_when_the_hub_is_gone() {
    alone(|| {
        let mutex = Arc::new(Mutex::new(0));
        let (guard, theirs) = (mutex.lock().unwrap(), mutex.clone());
        let wait = move || after_the_hub(move || *theirs.lock().unwrap() += 1);
        waits(wait, || drop(guard));
        assert_eq!(*mutex.lock().unwrap(), 1);

        let (sender, receiver) = channel();
        let (says, said) = mpsc::channel();
        let wait = move || after_the_hub(move || says.send(receiver.recv()).unwrap());
        waits(wait, || sender.send(1).unwrap());
        assert_eq!(said.recv().unwrap(), Ok(1));
    });
}

#[test]
fn green_threads_of_a_hub_that_is_gone_are_joined_in_vain() {
    alone(|| {
        let (says, said) = mpsc::channel();
        thread::spawn(move || {
            // Destroyed last.
            AT_END.with_borrow(Vec::len);
            let sleeps = green_thread::spawn(|| green_thread::sleep(Duration::from_secs(3600)));
            green_thread::yield_now();
            let join = move || says.send(sleeps.join().is_err()).unwrap();
            AT_END.with_borrow_mut(|at_end| at_end.push(AtEnd(Box::new(join))));
        })
        .join()
        .unwrap();
        assert!(said.recv().unwrap());
    });
}
