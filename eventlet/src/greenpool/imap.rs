//! The iterators of `imap` and `imap_unordered`.

use std::iter::FusedIterator;
use std::panic::Location;

use super::GreenPool;
use super::tasks::{Call, Tasks};
use super::window::{AsTheyEnd, InOrder};
use crate::greenthread::Exit;

/// The results of calls in a pool, in the order of the items. Made by [`GreenPool::imap`].
#[must_use = "nothing is called before the first result is asked for"]
pub struct IMap<I: Iterator, F, T> {
    tasks: Tasks<I, Plain<F>, InOrder<T>>,
}

/// The results of calls in a pool, as they come. Made by [`GreenPool::imap_unordered`].
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
