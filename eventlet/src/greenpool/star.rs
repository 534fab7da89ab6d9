//! Calls with several arguments: `starmap`, and the tuples that it takes.

use std::iter::FusedIterator;
use std::panic::Location;

use super::GreenPool;
use super::tasks::{Call, Tasks};
use super::window::InOrder;
use crate::greenthread::Exit;

impl GreenPool {
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
}

/// Tuples of the arguments of a function `F`: of one to six.
///
/// # Examples
///
/// ```
/// use eventlet::greenpool::Arguments;
///
/// assert_eq!((2, 5).pass_to(&u32::pow), 32);
/// ```
pub trait Arguments<F> {
    /// What the function returns.
    type Output;

    /// Calls the function.
    ///
    /// # Switching
    ///
    /// Switches where the function does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::greenpool::Arguments;
    ///
    /// assert_eq!((7, 2).pass_to(&u32::div_euclid), 3);
    /// ```
    fn pass_to(self, f: &F) -> Self::Output;
}

macro_rules! tuples {
    ($(($($name:ident)+))+) => {$(
        impl<F, R, $($name),+> Arguments<F> for ($($name,)+)
        where
            F: Fn($($name),+) -> R,
        {
            type Output = R;

            #[allow(non_snake_case, reason = "named as their types")]
            fn pass_to(self, f: &F) -> R {
                let ($($name,)+) = self;
                f($($name),+)
            }
        }
    )+};
}

tuples!((A)(A B)(A B C)(A B C D)(A B C D E)(A B C D E G));

/// The results of calls in a pool, in the order of the items. Made by [`GreenPool::starmap`].
///
/// # Examples
///
/// ```
/// let pool = eventlet::GreenPool::new(2);
/// let mut quotients = pool.starmap(u32::div_euclid, [(7, 2), (1, 0)]);
/// assert_eq!(quotients.next().unwrap().unwrap(), 3);
/// assert!(quotients.next().unwrap().unwrap_err().is_panic());
/// assert!(quotients.next().is_none());
/// ```
#[must_use = "nothing is called before the first result is asked for"]
pub struct StarMap<I: Iterator<Item: Arguments<F>>, F> {
    tasks: Tasks<I, Star<F>, InOrder<Output<I, F>>>,
}

type Output<I, F> = <<I as Iterator>::Item as Arguments<F>>::Output;

/// A function that is called with the parts of the item.
struct Star<F>(F);

impl<F, A> Call<A> for Star<F>
where
    F: 'static,
    A: Arguments<F, Output: 'static>,
{
    type Output = A::Output;

    fn call(&self, item: A) -> A::Output {
        item.pass_to(&self.0)
    }
}

impl<I, F> StarMap<I, F>
where
    I: Iterator<Item: Arguments<F, Output: 'static> + 'static>,
    F: 'static,
{
    #[track_caller]
    pub(super) fn new(pool: &GreenPool, f: F, items: I) -> Self {
        StarMap { tasks: Tasks::new(pool.slots.clone(), Star(f), items, Location::caller()) }
    }
}

impl<I, F> Iterator for StarMap<I, F>
where
    I: Iterator<Item: Arguments<F, Output: 'static> + 'static>,
    F: 'static,
{
    type Item = Result<Output<I, F>, Exit>;

    fn next(&mut self) -> Option<Self::Item> {
        self.tasks.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.tasks.size_hint()
    }
}

impl<I, F> FusedIterator for StarMap<I, F>
where
    I: Iterator<Item: Arguments<F, Output: 'static> + 'static>,
    F: 'static,
{
}
