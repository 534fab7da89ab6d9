//! Green threads in company: pools with a limit, piles of results in order, groups without a limit.
//!
//! There is a door for each purpose:
//!
//! | for | use |
//! |---|---|
//! | no more than so many at once | [`GreenPool`] |
//! | the same function for many items, results in order or as they come | [`GreenPool::imap`], [`GreenPool::imap_unordered`] |
//! | different jobs, results in the order of spawning | [`GreenPile`] |
//! | any number, waited for or killed together | [`Group`] |
//! | a few, one result each | [`spawn`](crate::spawn) and [`join_all`](crate::join_all) |

mod group;
mod imap;
mod pile;
mod slots;
mod star;
mod tasks;
mod window;

use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::time::{Duration, Instant};

pub use group::Group;
pub use imap::{IMap, IMapUnordered};
pub use pile::GreenPile;
pub use star::{Arguments, StarMap};

use crate::greenthread::{GreenThread, Handle, kill_all, spawn_inline};
use crate::hub::{Hub, Time};
use slots::Slots;

/// A limit on how many green threads run at once: who spawns one more waits until another has ended.
///
/// Those who wait to spawn do so in the order they came, and nobody passes them. A member gives its
/// slot back however it ends, also if it is killed before it has begun.
///
/// When the pool is full and one of its own members spawns, waiting could be for ever. So the
/// function then runs inline, in the caller, and has ended when `spawn` returns.
///
/// A clone is the same pool, and it belongs to its OS thread. Members run on when nobody holds the
/// pool any more.
///
/// # Examples
///
/// ```
/// use eventlet::{GreenPool, sleep};
/// use std::time::Duration;
///
/// let pool = GreenPool::new(2);
/// let squares: Vec<_> = (0..5)
///     .map(|n| {
///         pool.spawn(move || {
///             sleep(Duration::from_millis(1));
///             n * n
///         })
///     })
///     .collect();
/// assert!(pool.running() <= 2);
/// for (n, square) in squares.into_iter().enumerate() {
///     assert_eq!(square.wait().unwrap(), n * n);
/// }
/// ```
#[derive(Clone)]
pub struct GreenPool {
    slots: Rc<Slots>,
}

impl GreenPool {
    /// Makes a pool in which `size` green threads run at once. If that is none, every spawn waits
    /// for a [`resize`](GreenPool::resize).
    pub fn new(size: usize) -> Self {
        GreenPool { slots: Slots::new(size) }
    }

    /// Starts a green thread in the pool, waiting for a free slot.
    ///
    /// If the pool is full and a member of it spawns, `f` is run inline: the green thread that is
    /// returned has ended, and [`current`](crate::current) has been the caller all the while. A panic
    /// of `f` is then the end of that green thread as ever; a kill or a timeout of the caller is
    /// not, and passes through.
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
    /// Panics if no stack can be mapped.
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

    /// Calls `f` with each of `items`, in green threads of the pool, and gives the results in the
    /// order of the items.
    ///
    /// Nothing starts before the first `next`, which starts as many as there are free slots for.
    /// Items are taken from their iterator as they are started, by whoever calls `next`: so a panic
    /// of the iterator reaches that one, and it may borrow what it likes. At most as many
    /// results are under way or waiting as the pool has slots, times two; so the memory is bounded
    /// however many items there are.
    ///
    /// An item whose call has panicked, or was killed, is an error, and the iteration can go on. When
    /// the iterator is dropped, what is under way runs on, and its results are dropped.
    ///
    /// Like [`spawn`](GreenPool::spawn), it runs `f` inline if the pool is full, a member of the pool
    /// calls `next`, and nothing is under way.
    ///
    /// # Switching
    ///
    /// Never switches. `next` does, unless the result is there and nothing can be started.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::GreenPool::new(4);
    /// let lengths = pool.imap(str::len, ["one", "two", "three"]);
    /// let lengths: Result<Vec<_>, _> = lengths.collect();
    /// assert_eq!(lengths.unwrap(), [3, 3, 5]);
    /// ```
    #[track_caller]
    pub fn imap<F, I, T>(&self, f: F, items: I) -> IMap<I::IntoIter, F, T>
    where
        F: Fn(I::Item) -> T + 'static,
        I: IntoIterator<Item: 'static>,
        T: 'static,
    {
        IMap::new(self, f, items.into_iter())
    }

    /// Like [`imap`](GreenPool::imap), but gives the results as they come.
    ///
    /// # Switching
    ///
    /// Never switches. `next` does, unless a result is there and nothing can be started.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::{GreenPool, sleep};
    /// use std::time::Duration;
    ///
    /// let pool = GreenPool::new(2);
    /// let sleepers = pool.imap_unordered(
    ///     |millis| {
    ///         sleep(Duration::from_millis(millis));
    ///         millis
    ///     },
    ///     [60, 1],
    /// );
    /// assert_eq!(sleepers.map(Result::unwrap).collect::<Vec<_>>(), [1, 60]);
    /// ```
    #[track_caller]
    pub fn imap_unordered<F, I, T>(&self, f: F, items: I) -> IMapUnordered<I::IntoIter, F, T>
    where
        F: Fn(I::Item) -> T + 'static,
        I: IntoIterator<Item: 'static>,
        T: 'static,
    {
        IMapUnordered::new(self, f, items.into_iter())
    }

    /// Like [`imap`](GreenPool::imap) with a function of several arguments: the items are tuples.
    ///
    /// For a closure, whose arguments would need their types written down,
    /// `imap(|(a, b)| ..., items)` is shorter.
    ///
    /// # Switching
    ///
    /// Never switches. `next` does, unless the result is there and nothing can be started.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::GreenPool::new(4);
    /// let powers = pool.starmap(u32::pow, [(2, 5), (3, 2), (10, 3)]);
    /// assert_eq!(powers.map(Result::unwrap).collect::<Vec<_>>(), [32, 9, 1000]);
    /// ```
    #[track_caller]
    pub fn starmap<F, I>(&self, f: F, items: I) -> StarMap<I::IntoIter, F>
    where
        F: 'static,
        I: IntoIterator<Item: Arguments<F> + 'static>,
        <I::Item as Arguments<F>>::Output: 'static,
    {
        StarMap::new(self, f, items.into_iter())
    }

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
    pub fn size(&self) -> usize {
        self.slots.size()
    }

    /// How many members there are: green threads that have a slot, whether they have begun or not.
    ///
    /// # Switching
    ///
    /// Never switches.
    pub fn running(&self) -> usize {
        self.slots.n_running()
    }

    /// How many slots are free. It is negative while more members run than a smaller size allows.
    ///
    /// # Switching
    ///
    /// Never switches.
    pub fn free(&self) -> isize {
        self.slots.units.n_free()
    }

    /// Whether no slot is free, so that a spawn waits.
    ///
    /// # Switching
    ///
    /// Never switches.
    #[doc(alias = "full")]
    pub fn is_full(&self) -> bool {
        self.free() <= 0
    }

    /// How many wait to spawn.
    ///
    /// # Switching
    ///
    /// Never switches.
    pub fn waiting(&self) -> usize {
        self.slots.units.n_waiting()
    }

    /// Waits until nobody runs in the pool and nobody waits to spawn. What is spawned meanwhile is
    /// waited for, too.
    ///
    /// # Panics
    ///
    /// Panics if a member of the pool calls it, since that would be a wait for its own end.
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

impl Default for GreenPool {
    /// A pool in which 1000 green threads run at once.
    fn default() -> Self {
        Self::new(1000)
    }
}

impl fmt::Debug for GreenPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GreenPool")
            .field("size", &self.size())
            .field("running", &self.running())
            .field("waiting", &self.waiting())
            .finish()
    }
}
