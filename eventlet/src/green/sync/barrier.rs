//! Barriers: waiting until so many have come.

use std::fmt;
use std::sync::PoisonError;

use super::{Condvar, Mutex, MutexGuard};

/// Holds up those who come until there are so many of them, over and over. It is
/// [`std::sync::Barrier`], but who waits parks, and others run. It may be shared by green threads of
/// one hub, of several hubs, and plain OS threads.
///
/// One that is killed or timed out by a [`Timeout`](crate::Timeout) while it waits does not count any
/// more: the others wait for one more to come.
///
/// # Examples
///
/// ```
/// use eventlet::green::{sync::Barrier, thread};
///
/// static START: Barrier = Barrier::new(3);
///
/// let runners: Vec<_> = (0..3).map(|_| thread::spawn(|| START.wait().is_leader())).collect();
/// let leaders = runners.into_iter().filter_map(|runner| runner.join().ok().filter(|leads| *leads));
/// assert_eq!(leaders.count(), 1);
/// ```
pub struct Barrier {
    state: Mutex<State>,
    /// Notified when the last of a generation has come.
    complete: Condvar,
    n_threads: usize,
}

struct State {
    /// How many of this generation have come, and wait.
    n_waiting: usize,
    /// How often the barrier has let everyone through.
    generation: usize,
}

/// Says who of those that a [`Barrier`] lets through together is the leader.
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::Barrier;
///
/// assert!(Barrier::new(1).wait().is_leader());
/// ```
pub struct BarrierWaitResult(bool);

impl Barrier {
    /// A barrier that lets `n` through at a time; 0 is the same as 1.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::Barrier;
    ///
    /// static START: Barrier = Barrier::new(1);
    /// START.wait();
    /// ```
    #[must_use]
    #[inline]
    pub const fn new(n: usize) -> Barrier {
        let state = State { n_waiting: 0, generation: 0 };
        Barrier { state: Mutex::new(state), complete: Condvar::new(), n_threads: n }
    }

    /// Waits until as many have come as the barrier lets through. The last of them is the leader.
    ///
    /// # Switching
    ///
    /// Switches if it waits, even while unwinding. The last does not wait, and runs on.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::{sync::{Arc, Barrier}, thread};
    ///
    /// let barrier = Arc::new(Barrier::new(2));
    /// let theirs = barrier.clone();
    /// let other = thread::spawn(move || theirs.wait().is_leader());
    /// assert_ne!(barrier.wait().is_leader(), other.join().unwrap());
    /// ```
    pub fn wait(&self) -> BarrierWaitResult {
        let mut state = self.state();
        state.n_waiting += 1;
        if state.n_waiting < self.n_threads {
            self.wait_for_others(state);
            return BarrierWaitResult(false);
        }
        state.n_waiting = 0;
        state.generation = state.generation.wrapping_add(1);
        drop(state);
        self.complete.notify_all();
        BarrierWaitResult(true)
    }

    fn wait_for_others(&self, state: MutexGuard<'_, State>) {
        let generation = state.generation;
        let mut turn = Turn { barrier: self, generation, has_come: false };
        let state = self.complete.wait_while(state, |state| state.generation == generation);
        turn.has_come = true;
        drop(state);
    }

    /// Nothing that can panic is done while it is locked, so that poison means nothing. A kill may
    /// come while it is waited for.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The turn of one that waits. If it unwinds before its turn has come, it is not counted any more.
struct Turn<'a> {
    barrier: &'a Barrier,
    generation: usize,
    has_come: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if self.has_come {
            return;
        }
        let mut state = self.barrier.state();
        if state.generation == self.generation {
            state.n_waiting -= 1;
        }
    }
}

impl BarrierWaitResult {
    /// Whether it is the leader. One of those that were let through together is.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`Barrier::wait`].
    #[must_use]
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl fmt::Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Barrier").finish_non_exhaustive()
    }
}

impl fmt::Debug for BarrierWaitResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BarrierWaitResult").field("is_leader", &self.is_leader()).finish()
    }
}
