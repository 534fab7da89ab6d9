//! Pools with other sizes than usual.

use std::convert::Infallible;
use std::rc::Rc;

use super::Pool;
use super::shelf::Shelf;

/// Says how large a [`Pool`] is and in which order its items are used. Made by [`Pool::builder`].
///
/// # Examples
///
/// ```
/// use eventlet::pools::Pool;
///
/// let pool = Pool::builder().min_size(2).max_size(8).build_infallible(String::new);
/// assert_eq!((pool.len(), pool.free()), (2, 8));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct Builder {
    min_size: usize,
    max_size: usize,
    order_as_stack: bool,
}

impl Default for Builder {
    /// A pool of no items at first, and of 4 at most, that are used in turns.
    fn default() -> Self {
        Builder { min_size: 0, max_size: 4, order_as_stack: false }
    }
}

impl Builder {
    /// How many items are made with the pool. The default is 0.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::pools::Pool;
    ///
    /// let pool = Pool::builder().min_size(2).build_infallible(String::new);
    /// assert_eq!(pool.len(), 2);
    /// ```
    pub fn min_size(mut self, n: usize) -> Self {
        self.min_size = n;
        self
    }

    /// How many items there are at most. The default is 4.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::pools::Pool;
    ///
    /// let pool = Pool::builder().max_size(1).build_infallible(String::new);
    /// let Ok(text) = pool.get();
    /// let Ok(another) = pool.try_get();
    /// assert!(another.is_none());
    /// # drop(text);
    /// ```
    pub fn max_size(mut self, n: usize) -> Self {
        self.max_size = n;
        self
    }

    /// Whether the item that was put back last is used next. The default is no: then it is the one
    /// that has been unused for the longest time.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::pools::Pool;
    ///
    /// let pool = Pool::builder().order_as_stack(true).build_infallible(|| 0);
    /// pool.put(1).unwrap();
    /// pool.put(2).unwrap();
    /// let Ok(item) = pool.get();
    /// assert_eq!(*item, 2);
    /// ```
    pub fn order_as_stack(mut self, yes: bool) -> Self {
        self.order_as_stack = yes;
        self
    }

    /// Makes the pool. `create` makes an item each time when one is wanted and none is free.
    ///
    /// # Errors
    ///
    /// Fails if one of the first items cannot be made.
    ///
    /// # Panics
    ///
    /// Panics if `min_size` is above `max_size`.
    ///
    /// # Switching
    ///
    /// Switches if `create` does and is called, which it is `min_size` times.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::pools::Pool;
    ///
    /// let refused = Pool::builder().min_size(1).build(|| Err::<(), _>("no server"));
    /// assert_eq!(refused.unwrap_err(), "no server");
    /// ```
    #[track_caller]
    pub fn build<T, E>(self, create: impl Fn() -> Result<T, E> + 'static) -> Result<Pool<T, E>, E> {
        let Builder { min_size, max_size, order_as_stack } = self;
        assert!(min_size <= max_size, "a pool of at most {max_size} cannot begin with {min_size}");
        let shelf = Rc::new(Shelf::new(max_size, order_as_stack));
        let pool = Pool { shelf, create: Rc::new(create) };
        let first: Result<Vec<_>, E> = (0..min_size).map(|_| pool.get()).collect();
        drop(first?);
        Ok(pool)
    }

    /// Makes a pool for whose items `create` always succeeds.
    ///
    /// # Panics
    ///
    /// Panics if `min_size` is above `max_size`.
    ///
    /// # Switching
    ///
    /// Switches if `create` does and is called, which it is `min_size` times.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::pools::Pool;
    ///
    /// let buffers = Pool::builder().max_size(100).build_infallible(|| vec![0; 4096]);
    /// let Ok(buffer) = buffers.get();
    /// assert_eq!(buffer.len(), 4096);
    /// ```
    #[track_caller]
    pub fn build_infallible<T>(self, create: impl Fn() -> T + 'static) -> Pool<T> {
        let Ok(pool) = self.build::<T, Infallible>(move || Ok(create()));
        pool
    }
}
