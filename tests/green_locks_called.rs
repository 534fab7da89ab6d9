//! Locks of `green::sync` between OS threads: who waits is called first, and handed the lock if it comes
//! too late.

use std::sync::{Arc, mpsc};
use std::thread;

use eventlet::green::sync::{Mutex, RwLock};
use eventlet::{GreenThread, debug, sleep};
use eventlet_tests::{Log, check, ms, waiter, yield_now};

/// Kills a green thread, which is unwound by that.
fn kill(thread: GreenThread<()>) {
    thread.kill();
    assert!(thread.wait().unwrap_err().is_killed());
}

/// An OS thread that holds a lock; lets go of it and takes it again at the first word, lets go of
/// it for good at the second, and says when that is done.
struct Holder {
    words: mpsc::Sender<()>,
    done: mpsc::Receiver<()>,
    thread: thread::JoinHandle<()>,
}

impl Holder {
    /// `hold` is to hold it while it calls what it is given.
    fn of(hold: impl Fn(&dyn Fn()) + Send + 'static) -> Self {
        let ((words, hears), (says, done)) = (mpsc::channel(), mpsc::channel());
        let thread = thread::spawn(move || {
            for _ in 0..2 {
                hold(&|| {
                    says.send(()).unwrap();
                    hears.recv().unwrap();
                });
            }
        });
        done.recv().unwrap();
        Holder { words, done, thread }
    }

    fn of_mutex(mutex: &Arc<Mutex<u32>>) -> Self {
        let mutex = mutex.clone();
        Self::of(move |stay| {
            let _guard = mutex.lock().unwrap();
            stay();
        })
    }

    /// This hub hears nothing meanwhile.
    fn lock_again(&self) {
        self.words.send(()).unwrap();
        self.done.recv().unwrap();
    }

    /// Nor here.
    fn let_go(self) {
        self.words.send(()).unwrap();
        self.thread.join().unwrap();
    }
}

/// Lets those who have been called come.
fn come_too_late() {
    debug::pause_clock();
    sleep(ms(1));
}

#[test]
fn a_mutex_that_one_was_called_to_who_is_killed_goes_on_to_the_next() {
    check(|| {
        let (mutex, log) = (Arc::new(Mutex::new(0)), Log::new());
        let holder = Holder::of_mutex(&mutex);
        holder.lock_again();
        let [first, second] = ["first", "second"].map(|name| {
            let mutex = mutex.clone();
            waiter(name, &log, move || *mutex.lock().unwrap() += 1)
        });
        holder.let_go();
        kill(first);
        second.wait().unwrap();
        assert_eq!((log.take().as_str(), *mutex.lock().unwrap()), ("second", 1));
        assert!(!mutex.is_poisoned());
    });
}

#[test]
fn a_mutex_that_was_handed_to_one_who_is_killed_goes_on_to_the_next() {
    check(|| {
        let (mutex, log) = (Arc::new(Mutex::new(0)), Log::new());
        let holder = Holder::of_mutex(&mutex);
        let [first, second] = ["first", "second"].map(|name| {
            let mutex = mutex.clone();
            waiter(name, &log, move || *mutex.lock().unwrap() += 1)
        });
        // The first is called, and comes too late.
        holder.lock_again();
        come_too_late();
        // So now it is handed the mutex, and has not heard of it.
        holder.let_go();
        assert!(mutex.try_lock().is_err());
        kill(first);
        second.wait().unwrap();
        assert_eq!((log.take().as_str(), *mutex.lock().unwrap()), ("second", 1));
        assert!(!mutex.is_poisoned());
    });
}

#[test]
fn who_is_called_and_comes_too_late_is_the_next_all_the_same() {
    check(|| {
        let (mutex, log) = (Arc::new(Mutex::new(0)), Log::new());
        let holder = Holder::of_mutex(&mutex);
        let mut threads = ["first", "second"].map(|name| {
            let (mutex, notes) = (mutex.clone(), log.clone());
            waiter(name, &log, move || {
                let _guard = mutex.lock().unwrap();
                notes.add(format!("{name} has it"));
                yield_now();
            })
        });
        holder.lock_again();
        come_too_late();
        holder.let_go();
        threads.reverse();
        threads.into_iter().for_each(|thread| thread.wait().unwrap());
        assert_eq!(log.take(), "first has it first second has it second");
    });
}

#[test]
fn a_writer_that_is_called_and_comes_too_late_is_let_in_before_the_others() {
    for is_killed in [false, true] {
        check(|| {
            let (lock, log) = (Arc::new(RwLock::new(0)), Log::new());
            let theirs = lock.clone();
            let holder = Holder::of(move |stay| {
                let _guard = theirs.write().unwrap();
                stay();
            });
            let (theirs, notes) = (lock.clone(), log.clone());
            let writer = waiter("w", &log, move || {
                let _guard = theirs.write().unwrap();
                notes.add("writes");
            });
            let (theirs, notes) = (lock.clone(), log.clone());
            let reader = waiter("r", &log, move || {
                let _guard = theirs.read().unwrap();
                notes.add("reads");
            });
            holder.lock_again();
            come_too_late();
            holder.let_go();
            assert!(lock.try_read().is_err(), "it is the writer's");
            if is_killed {
                kill(writer);
            } else {
                writer.wait().unwrap();
            }
            reader.wait().unwrap();
            let expected = if is_killed { "reads r" } else { "writes w reads r" };
            assert_eq!(log.take(), expected);
            assert!(lock.try_write().is_ok());
        });
    }
}
