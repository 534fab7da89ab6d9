//! Calling one function for many items: `imap` and `imap_unordered`.

use std::iter::FusedIterator;
use std::panic::Location;

use super::GreenPool;
use super::tasks::{Call, Tasks};
use super::window::{AsTheyEnd, InOrder};
use crate::greenthread::Exit;

impl GreenPool {
    /// Calls `f` with each of `items`, in green threads of the pool, and gives the results in the
    /// order of the items.
    ///
    /// Nothing starts before the first `next`, which starts as many as there are free slots for.
    /// Items are taken from their iterator as they are started, by whoever calls `next`: so a panic
    /// of the iterator reaches that one, and it may borrow what it likes. At most as many
    /// results are under way or waiting as the pool has slots, times two; so the memory is bounded
    /// however many items there are.
    ///
    /// While the iterator of the items waits, results that are there wait too. If items come now and
    /// then, as from a queue, fill a [`GreenPile`](crate::GreenPile) in another green thread.
    ///
    /// An item whose call has panicked, or was killed, is an error, and the iteration can go on. When
    /// the iterator is dropped, what is under way runs on, and its results are dropped.
    ///
    /// Like [`spawn`](GreenPool::spawn), it runs `f` inline if the pool is full, a member of the pool
    /// calls `next`, and nothing is under way. If the caller is killed or timed out then, that item
    /// gives no result.
    ///
    /// # Panics
    ///
    /// Never panics. `next` does if no stack can be mapped, if the iterator of the items does, and in
    /// the main context where the hub finds that nothing can ever end the wait.
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
}

/// The results of calls in a pool, in the order of the items. Made by [`GreenPool::imap`].
///
/// # Examples
///
/// ```
/// let pool = eventlet::GreenPool::new(2);
/// let mut quotients = pool.imap(|n: u32| 10 / n, [5, 0, 2]);
/// assert_eq!(quotients.next().unwrap().unwrap(), 2);
/// assert!(quotients.next().unwrap().unwrap_err().is_panic());
/// assert_eq!(quotients.next().unwrap().unwrap(), 5);
/// assert!(quotients.next().is_none());
/// ```
#[must_use = "nothing is called before the first result is asked for"]
pub struct IMap<I: Iterator, F, T> {
    tasks: Tasks<I, Plain<F>, InOrder<T>>,
}

/// The results of calls in a pool, as they come. Made by [`GreenPool::imap_unordered`].
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use eventlet::{GreenPool, sleep};
///
/// let pool = GreenPool::new(2);
/// let mut naps = pool.imap_unordered(sleep, [Duration::from_secs(60), Duration::ZERO]);
/// assert!(naps.next().unwrap().is_ok());
/// assert_eq!(pool.running(), 1);
/// # pool.kill_all();
/// ```
#[must_use = "nothing is called before the first result is asked for"]
pub struct IMapUnordered<I: Iterator, F, T> {
    tasks: Tasks<I, Plain<F>, AsTheyEnd<T>>,
}

/// A function that is called with the item itself.
struct Plain<F>(F);

impl<F, A, T> Call<A> for Plain<F>
where
    F: Fn(A) -> T + 'static,
    T: 'static,
{
    type Output = T;

    fn call(&self, item: A) -> T {
        (self.0)(item)
    }
}

impl<I, F, T> IMap<I, F, T>
where
    I: Iterator<Item: 'static>,
    F: Fn(I::Item) -> T + 'static,
    T: 'static,
{
    #[track_caller]
    pub(super) fn new(pool: &GreenPool, f: F, items: I) -> Self {
        IMap { tasks: Tasks::new(pool.slots.clone(), Plain(f), items, Location::caller()) }
    }
}

impl<I, F, T> Iterator for IMap<I, F, T>
where
    I: Iterator<Item: 'static>,
    F: Fn(I::Item) -> T + 'static,
    T: 'static,
{
    type Item = Result<T, Exit>;

    fn next(&mut self) -> Option<Result<T, Exit>> {
        self.tasks.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.tasks.size_hint()
    }
}

impl<I, F, T> FusedIterator for IMap<I, F, T>
where
    I: Iterator<Item: 'static>,
    F: Fn(I::Item) -> T + 'static,
    T: 'static,
{
}

impl<I, F, T> IMapUnordered<I, F, T>
where
    I: Iterator<Item: 'static>,
    F: Fn(I::Item) -> T + 'static,
    T: 'static,
{
    #[track_caller]
    pub(super) fn new(pool: &GreenPool, f: F, items: I) -> Self {
        IMapUnordered { tasks: Tasks::new(pool.slots.clone(), Plain(f), items, Location::caller()) }
    }
}

impl<I, F, T> Iterator for IMapUnordered<I, F, T>
where
    I: Iterator<Item: 'static>,
    F: Fn(I::Item) -> T + 'static,
    T: 'static,
{
    type Item = Result<T, Exit>;

    fn next(&mut self) -> Option<Result<T, Exit>> {
        self.tasks.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.tasks.size_hint()
    }
}

impl<I, F, T> FusedIterator for IMapUnordered<I, F, T>
where
    I: Iterator<Item: 'static>,
    F: Fn(I::Item) -> T + 'static,
    T: 'static,
{
}
