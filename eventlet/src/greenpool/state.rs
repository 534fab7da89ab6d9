//! What a pool is asked, and waiting for its members.

use std::time::{Duration, Instant};

use super::GreenPool;
use crate::greenthread::kill_all;
use crate::hub::Time;

impl GreenPool {
    /// Gives the pool another size. If it grows, those who wait to spawn do so now. If it shrinks,
    /// no member is disturbed, but that many have to end before another one can begin.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::GreenPool::new(2);
    /// pool.spawn_n(|| ());
    /// pool.resize(0);
    /// assert_eq!(pool.free(), -1);
    /// # pool.wait_all();
    /// ```
    pub fn resize(&self, size: usize) {
        self.slots.resize(size);
    }

    /// How many members may run at once.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::GreenPool::default();
    /// assert_eq!(pool.size(), 1000);
    /// pool.resize(2);
    /// assert_eq!(pool.size(), 2);
    /// ```
    pub fn size(&self) -> usize {
        self.slots.size()
    }

    /// How many members there are: green threads that have a slot, whether they have begun or not.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::GreenPool::new(10);
    /// pool.spawn_n(|| ());
    /// assert_eq!(pool.running(), 1);
    /// pool.wait_all();
    /// assert_eq!(pool.running(), 0);
    /// ```
    pub fn running(&self) -> usize {
        self.slots.n_running()
    }

    /// How many slots are free. It is negative while more members run than a smaller size allows.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::GreenPool::new(10);
    /// pool.spawn_n(|| ());
    /// assert_eq!(pool.free(), 9);
    /// # pool.wait_all();
    /// ```
    pub fn free(&self) -> isize {
        self.slots.units.n_free()
    }

    /// Whether no slot is free, so that a spawn waits.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::GreenPool::new(1);
    /// assert!(!pool.is_full());
    /// pool.spawn_n(|| ());
    /// assert!(pool.is_full());
    /// # pool.wait_all();
    /// ```
    #[doc(alias = "full")]
    pub fn is_full(&self) -> bool {
        self.free() <= 0
    }

    /// How many wait to spawn. It takes a moment for each that waits.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::GreenPool::new(0);
    /// let theirs = pool.clone();
    /// let other = eventlet::spawn(move || drop(theirs.spawn(|| ())));
    /// eventlet::sleep(std::time::Duration::ZERO);
    /// assert_eq!(pool.waiting(), 1);
    /// pool.resize(1);
    /// other.wait().unwrap();
    /// assert_eq!(pool.waiting(), 0);
    /// ```
    pub fn waiting(&self) -> usize {
        self.slots.units.n_waiting()
    }

    /// Waits until nobody runs in the pool and nobody waits to spawn. What is spawned meanwhile is
    /// waited for, too.
    ///
    /// # Panics
    ///
    /// Panics if a member of the pool calls it, since that would be a wait for its own end. Panics
    /// in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches unless the pool is idle, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::GreenPool::new(10);
    /// let inner = pool.clone();
    /// pool.spawn_n(move || {
    ///     inner.spawn_n(|| println!("the second"));
    /// });
    /// pool.wait_all();
    /// assert_eq!(pool.running(), 0);
    /// ```
    #[doc(alias = "waitall")]
    #[track_caller]
    pub fn wait_all(&self) {
        self.slots.wait_until_idle(|_| Time::NEVER);
    }

    /// Like [`wait_all`](GreenPool::wait_all), for no longer than `limit`; says whether all have
    /// ended.
    ///
    /// # Panics
    ///
    /// Panics if a member of the pool calls it.
    ///
    /// # Switching
    ///
    /// Switches unless the pool is idle, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::{GreenPool, sleep};
    /// use std::time::Duration;
    ///
    /// let pool = GreenPool::new(10);
    /// pool.spawn_n(|| sleep(Duration::from_secs(60)));
    /// assert!(!pool.wait_all_timeout(Duration::from_millis(1)));
    /// ```
    #[track_caller]
    pub fn wait_all_timeout(&self, limit: Duration) -> bool {
        self.slots.wait_until_idle(|hub| hub.deadline_in(limit))
    }

    /// Like [`wait_all`](GreenPool::wait_all), until `deadline`; says whether all have ended.
    ///
    /// # Panics
    ///
    /// Panics if a member of the pool calls it.
    ///
    /// # Switching
    ///
    /// Switches unless the pool is idle, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(eventlet::GreenPool::new(10).wait_all_deadline(std::time::Instant::now()));
    /// ```
    #[track_caller]
    pub fn wait_all_deadline(&self, deadline: Instant) -> bool {
        self.slots.wait_until_idle(|hub| hub.deadline_at(deadline))
    }

    /// Kills all members; see [`kill_all`]. A member that calls it is killed last.
    ///
    /// Those who wait to spawn are no members yet: they get the slots that this makes free.
    ///
    /// # Switching
    ///
    /// Switches to those that are killed, unless they had not begun.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::{GreenPool, sleep};
    /// use std::time::Duration;
    ///
    /// let pool = GreenPool::new(10);
    /// let sleeper = pool.spawn(|| sleep(Duration::from_secs(60)));
    /// pool.kill_all();
    /// assert!(sleeper.wait().unwrap_err().is_killed());
    /// ```
    pub fn kill_all(&self) {
        kill_all(self.slots.members());
    }
}
