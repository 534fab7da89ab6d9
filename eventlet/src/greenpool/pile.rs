//! Jobs in a pool, whose results come in the order of spawning.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt;
use std::rc::Rc;

use super::GreenPool;
use crate::greenthread::{Exit, GreenThread};
use crate::hub::Time;
use crate::waitlist::WaitList;

/// Jobs that run in a pool, and an iterator over their results in the order of spawning.
///
/// The iteration ends when all that was spawned has been taken, and begins anew if more is spawned
/// then. A job that panicked or was killed is an error, after which the next one comes.
///
/// A clone is the same pile, so one green thread may spawn while another takes the results: as long
/// as a spawn waits for a slot, the iteration does not end. It belongs to its OS thread. When nobody
/// holds the pile any more, its jobs run on and their results are dropped.
///
/// # Examples
///
/// ```
/// use eventlet::{GreenPile, sleep};
/// use std::time::Duration;
///
/// let pile = GreenPile::new(2);
/// for n in [3, 1, 2] {
///     pile.spawn(move || {
///         sleep(Duration::from_millis(n));
///         n
///     });
/// }
/// assert_eq!(pile.map(Result::unwrap).collect::<Vec<_>>(), [3, 1, 2]);
/// ```
pub struct GreenPile<T> {
    pool: GreenPool,
    jobs: Rc<Jobs<T>>,
}

struct Jobs<T> {
    /// What has been spawned, and not been taken by an iterator; with growing numbers.
    threads: RefCell<VecDeque<(u64, GreenThread<T>)>>,
    /// The number of the next one.
    next_number: Cell<u64>,
    /// How many spawns wait for a slot.
    n_to_come: Cell<usize>,
    /// Those who wait for the next job to be there, or for no more to come.
    takers: WaitList,
}

impl<T: 'static> GreenPile<T> {
    /// Makes a pile whose jobs run in a pool of their own, `size` at once.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pile = eventlet::GreenPile::new(2);
    /// pile.spawn(|| 1);
    /// pile.spawn(|| 2);
    /// let results: Result<Vec<_>, _> = pile.collect();
    /// assert_eq!(results.unwrap(), [1, 2]);
    /// ```
    #[track_caller]
    pub fn new(size: usize) -> Self {
        Self::from_pool(&GreenPool::new(size))
    }

    /// Makes a pile whose jobs run in `pool`, which may have other piles and other members, too.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::{GreenPile, GreenPool};
    ///
    /// let pool = GreenPool::new(10);
    /// let (numbers, words) = (GreenPile::from_pool(&pool), GreenPile::from_pool(&pool));
    /// numbers.spawn(|| 1);
    /// words.spawn(|| "one");
    /// assert_eq!((numbers.count(), words.count()), (1, 1));
    /// ```
    pub fn from_pool(pool: &GreenPool) -> Self {
        let jobs = Jobs {
            threads: RefCell::default(),
            next_number: Cell::new(0),
            n_to_come: Cell::new(0),
            takers: WaitList::default(),
        };
        GreenPile { pool: pool.clone(), jobs: Rc::new(jobs) }
    }

    /// Starts a job, waiting for a free slot of the pool. If that wait ends by a kill or a timeout,
    /// there is no job, and its place in the sequence is the next one's.
    ///
    /// See [`GreenPool::spawn`] for what happens if a member of the pool calls it.
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
    /// let pile = eventlet::GreenPile::new(1);
    /// pile.spawn(|| panic!("no luck"));
    /// pile.spawn(|| "the next");
    /// let mut results = pile.into_iter();
    /// assert!(results.next().unwrap().unwrap_err().is_panic());
    /// assert_eq!(results.next().unwrap().unwrap(), "the next");
    /// ```
    #[track_caller]
    pub fn spawn<F>(&self, f: F)
    where
        F: FnOnce() -> T + 'static,
    {
        let coming = self.jobs.announce();
        let thread = self.pool.spawn(f);
        self.jobs.add(thread);
        drop(coming);
    }
}

impl<T> Jobs<T> {
    /// Says that a job is to come, until what is returned is dropped.
    fn announce(&self) -> Coming<'_, T> {
        self.n_to_come.set(self.n_to_come.get() + 1);
        Coming { jobs: self }
    }
}

/// A job that is to come.
struct Coming<'a, T> {
    jobs: &'a Jobs<T>,
}

impl<T> Drop for Coming<'_, T> {
    fn drop(&mut self) {
        self.jobs.n_to_come.set(self.jobs.n_to_come.get() - 1);
        self.jobs.takers.wake_all();
    }
}

impl<T: 'static> Iterator for GreenPile<T> {
    type Item = Result<T, Exit>;

    /// Takes the next result, waiting for it.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches unless it is there, even while the caller unwinds.
    fn next(&mut self) -> Option<Result<T, Exit>> {
        /// Goes back to the pile if the wait for its end is given up.
        struct First<'a, T>(&'a Jobs<T>, Option<(u64, GreenThread<T>)>);

        impl<T> Drop for First<'_, T> {
            fn drop(&mut self) {
                if let Some((number, thread)) = self.1.take() {
                    self.0.give_back(number, thread);
                }
            }
        }

        let mut first = First(&self.jobs, Some(self.jobs.take_first()?));
        let (_, thread) = first.1.as_mut().expect("it has just been put there");
        let result = loop {
            if let Some(result) = thread.take_result() {
                break result;
            }
            thread.wait_for_end();
        };
        first.1 = None;
        Some(result)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.jobs.threads.borrow().len(), None)
    }
}

impl<T> Jobs<T> {
    fn add(&self, thread: GreenThread<T>) {
        let number = self.next_number.get();
        self.next_number.set(number + 1);
        self.threads.borrow_mut().push_back((number, thread));
    }

    /// Puts a job that was taken out back to its place.
    fn give_back(&self, number: u64, thread: GreenThread<T>) {
        let mut threads = self.threads.borrow_mut();
        let place = threads.partition_point(|(other, _)| *other < number);
        threads.insert(place, (number, thread));
        drop(threads);
        self.takers.wake_all();
    }

    /// Takes the first job out, waiting for it if one is to come.
    fn take_first(&self) -> Option<(u64, GreenThread<T>)> {
        loop {
            let first = self.threads.borrow_mut().pop_front();
            if first.is_some() || self.n_to_come.get() == 0 {
                return first;
            }
            self.takers.wait("the next job of a pile", Time::NEVER).ready_or_raise();
        }
    }
}

impl<T> Clone for GreenPile<T> {
    /// The same pile.
    fn clone(&self) -> Self {
        GreenPile { pool: self.pool.clone(), jobs: self.jobs.clone() }
    }
}

impl<T: 'static> Default for GreenPile<T> {
    /// A pile with a pool of 1000.
    #[track_caller]
    fn default() -> Self {
        Self::from_pool(&GreenPool::default())
    }
}

impl<T> fmt::Debug for GreenPile<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GreenPile")
            .field("pool", &self.pool)
            .field("jobs", &self.jobs.threads.borrow().len())
            .finish()
    }
}
