//! Jobs for the native thread pool that tests can hold, and values that tell when they are dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use eventlet::tpool::{Proxy, execute};
use eventlet::{GreenThread, spawn};

use super::{ms, yield_now};

/// Keeps a job from ending, until this is dropped.
pub struct Hold {
    begun: Arc<AtomicBool>,
    _held: Sender<()>,
}

impl Hold {
    /// Whether the job runs, or has run.
    pub fn has_begun(&self) -> bool {
        self.begun.load(Ordering::SeqCst)
    }

    /// Lets green threads run until the job has begun.
    pub fn wait_until_begun(&self) {
        wait_until(|| self.has_begun());
    }
}

/// A job that lasts until the other half is dropped.
pub fn held_job() -> (Hold, impl FnOnce() + Send) {
    let begun = Arc::new(AtomicBool::new(false));
    let (held, holds) = mpsc::channel::<()>();
    let hold = Hold { begun: begun.clone(), _held: held };
    let job = move || {
        begun.store(true, Ordering::SeqCst);
        // Nothing is ever sent: an error means that the other half was dropped.
        let _ = holds.recv();
    };
    (hold, job)
}

/// A call that has begun and lasts until it is let go.
pub fn hold_proxy<T: Send>(proxy: &Proxy<T>) -> (Hold, GreenThread<()>) {
    let (hold, job) = held_job();
    let proxy = proxy.clone();
    let caller = spawn(move || proxy.call(move |_| job()));
    hold.wait_until_begun();
    (hold, caller)
}

/// Lets green threads run until something that does not depend on time has happened.
pub fn wait_until(mut has_happened: impl FnMut() -> bool) {
    while !has_happened() {
        thread::yield_now();
        yield_now();
    }
}

/// How many of `n` jobs run at once; each ends when `together` of them are there, or have been.
pub fn most_at_once(n: usize, together: usize) -> usize {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let job = || {
        let (now, most) = (now.clone(), most.clone());
        move || {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            while most.load(Ordering::SeqCst) < together {
                thread::yield_now();
            }
            // Time for one more, if the pool let it in.
            thread::sleep(ms(1));
            now.fetch_sub(1, Ordering::SeqCst);
        }
    };
    let callers: Vec<_> = (0..n)
        .map(|_| {
            let job = job();
            spawn(move || execute(job))
        })
        .collect();
    callers.into_iter().for_each(|caller| caller.wait().unwrap());
    most.load(Ordering::SeqCst)
}

/// Says where it is dropped: on the "pool", or "elsewhere".
pub struct TellDrop(Sender<&'static str>);

impl Drop for TellDrop {
    fn drop(&mut self) {
        // Nobody may be listening any more.
        let _ = self.0.send(if is_on_pool() { "pool" } else { "elsewhere" });
    }
}

/// A value, and what it tells when it is dropped.
pub fn tell_drop() -> (TellDrop, Receiver<&'static str>) {
    let (tell, told) = mpsc::channel();
    (TellDrop(tell), told)
}

/// Whether this is a thread of the pool, by its name.
pub fn is_on_pool() -> bool {
    thread::current().name().is_some_and(|name| name.starts_with("eventlet-tpool-"))
}
