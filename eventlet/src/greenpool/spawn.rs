//! Spawning in a pool.

use std::panic::Location;
use std::time::{Duration, Instant};

use super::GreenPool;
#[cfg(feature = "http")]
use super::slots::Slot;
use crate::greenthread::{GreenThread, Handle, spawn_inline};
use crate::hub::{Hub, Time};

impl GreenPool {
    /// Starts a green thread in the pool, waiting for a free slot.
    ///
    /// If the pool is full and a member of it spawns, `f` is run inline: the green thread that is
    /// returned has ended, and [`current`](crate::current) has been the caller all the while. A panic
    /// of `f` is then the end of that green thread as ever; a kill or a timeout of the caller is
    /// not, and passes through.
    ///
    /// # Panics
    ///
    /// Panics if no stack can be mapped. Panics in the main context where the hub finds that
    /// nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches if the pool is full, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::GreenPool::new(1);
    /// let inner = pool.clone();
    /// let outer = pool.spawn(move || inner.spawn(|| "inline").wait().unwrap());
    /// assert_eq!(outer.wait().unwrap(), "inline");
    /// ```
    #[track_caller]
    pub fn spawn<F, T>(&self, f: F) -> GreenThread<T>
    where
        F: FnOnce() -> T + 'static,
        T: 'static,
    {
        let spawned = self.spawn_until(|_| Time::NEVER, Location::caller(), f);
        spawned.unwrap_or_else(|_| unreachable!("it is never given up"))
    }

    /// Starts a green thread in the pool for whose result nobody waits.
    ///
    /// # Panics
    ///
    /// Panics if no stack can be mapped. Panics in the main context where the hub finds that
    /// nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches if the pool is full, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::GreenPool;
    ///
    /// let pool = GreenPool::default();
    /// pool.spawn_n(|| println!("hello"));
    /// pool.wait_all();
    /// ```
    #[track_caller]
    pub fn spawn_n<F>(&self, f: F) -> Handle
    where
        F: FnOnce() + 'static,
    {
        self.spawn(f).handle()
    }

    /// Starts a green thread in the pool if there is a free slot.
    ///
    /// # Errors
    ///
    /// Gives `f` back if the pool is full, also to a member.
    ///
    /// # Panics
    ///
    /// Panics if no stack can be mapped.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::GreenPool::new(1);
    /// let first = pool.try_spawn(|| 1);
    /// assert!(first.is_ok());
    /// assert!(pool.try_spawn(|| 2).is_err());
    /// ```
    #[track_caller]
    pub fn try_spawn<F, T>(&self, f: F) -> Result<GreenThread<T>, F>
    where
        F: FnOnce() -> T + 'static,
        T: 'static,
    {
        match self.slots.try_take() {
            Some(slot) => Ok(slot.spawn(Location::caller(), f)),
            None => Err(f),
        }
    }

    /// Like [`spawn`](GreenPool::spawn), waiting for a slot no longer than `limit`.
    ///
    /// # Errors
    ///
    /// Gives `f` back if there was no slot by then.
    ///
    /// # Panics
    ///
    /// Panics if no stack can be mapped.
    ///
    /// # Switching
    ///
    /// Switches if the pool is full, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let pool = eventlet::GreenPool::new(0);
    /// assert!(pool.spawn_timeout(Duration::from_millis(1), || ()).is_err());
    /// ```
    #[track_caller]
    pub fn spawn_timeout<F, T>(&self, limit: Duration, f: F) -> Result<GreenThread<T>, F>
    where
        F: FnOnce() -> T + 'static,
        T: 'static,
    {
        self.spawn_until(|hub| hub.deadline_in(limit), Location::caller(), f)
    }

    /// Like [`spawn`](GreenPool::spawn), waiting for a slot until `deadline`.
    ///
    /// # Errors
    ///
    /// Gives `f` back if there was no slot by then.
    ///
    /// # Panics
    ///
    /// Panics if no stack can be mapped.
    ///
    /// # Switching
    ///
    /// Switches if the pool is full, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::GreenPool::new(1);
    /// assert!(pool.spawn_deadline(std::time::Instant::now(), || ()).is_ok());
    /// ```
    #[track_caller]
    pub fn spawn_deadline<F, T>(&self, deadline: Instant, f: F) -> Result<GreenThread<T>, F>
    where
        F: FnOnce() -> T + 'static,
        T: 'static,
    {
        self.spawn_until(|hub| hub.deadline_at(deadline), Location::caller(), f)
    }

    /// Takes a free slot, for whoever does not know yet what is to run in it.
    #[cfg(feature = "http")]
    pub(crate) fn try_take_slot(&self) -> Option<Slot> {
        self.slots.try_take()
    }

    /// The same, waiting for one.
    #[cfg(feature = "http")]
    pub(crate) fn take_slot(&self) -> Slot {
        self.slots.take(|_| Time::NEVER).expect("it is never given up")
    }

    #[track_caller]
    fn spawn_until<F, T>(
        &self,
        deadline: impl FnOnce(&Hub) -> Time,
        spawned_at: &'static Location<'static>,
        f: F,
    ) -> Result<GreenThread<T>, F>
    where
        F: FnOnce() -> T + 'static,
        T: 'static,
    {
        let slot = self.slots.try_take();
        if slot.is_none() && self.slots.has_caller() {
            return Ok(spawn_inline(spawned_at, f));
        }
        match slot.or_else(|| self.slots.take(deadline)) {
            Some(slot) => Ok(slot.spawn(spawned_at, f)),
            None => Err(f),
        }
    }
}
