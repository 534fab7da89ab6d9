//! Pools of things that are made on demand, used by one at a time, and used again: connections,
//! buffers, tokens.
//!
//! A pool of green threads is [`GreenPool`](crate::GreenPool).

mod builder;
mod item;
mod shelf;
mod token;

use std::convert::Infallible;
use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

pub use builder::Builder;
pub use item::Item;
pub use token::{Token, TokenPool};

use crate::hub::{Hub, Time};
use shelf::Shelf;

/// A pool of items that are made when they are wanted and none is free, up to a number.
///
/// Who wants an item when all are in use waits, and is served in the order of arrival: an item that
/// is put back goes to the first one directly. Items are used in turns, unless the [`Builder`] says
/// otherwise.
///
/// Items are made by whoever wants one, and making one may wait. It is counted meanwhile. If that
/// fails, panics or is killed, the next in line has a try.
///
/// A clone is the same pool. It belongs to its OS thread.
///
/// # Examples
///
/// ```
/// use eventlet::pools::Pool;
/// use eventlet::green::net::TcpStream;
/// # let listener = eventlet::listen("127.0.0.1:0")?;
/// # let server = listener.local_addr()?;
///
/// let connections = Pool::new(move || TcpStream::connect(server));
/// let mut connection = connections.get()?;
/// std::io::Write::write_all(&mut *connection, b"hello")?;
/// drop(connection);
/// assert_eq!(connections.len(), 1);
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Pool<T, E = Infallible> {
    shelf: Rc<Shelf<T>>,
    /// Makes an item.
    create: Rc<dyn Fn() -> Result<T, E>>,
}

impl Pool<()> {
    /// Makes a pool with other sizes than usual, or in another order.
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
    /// let pool = Pool::builder().max_size(10).build_infallible(String::new);
    /// assert_eq!(pool.max_size(), 10);
    /// ```
    pub fn builder() -> Builder {
        Builder::default()
    }
}

impl<T> Pool<T> {
    /// Makes a pool of at most 4 items, whose making always succeeds.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::pools::Pool::infallible(String::new);
    /// let Ok(text) = pool.get();
    /// assert_eq!(*text, "");
    /// ```
    pub fn infallible(create: impl Fn() -> T + 'static) -> Self {
        Builder::default().build_infallible(create)
    }
}

impl<T, E> Pool<T, E> {
    /// Makes a pool of at most 4 items. `create` makes one each time when one is wanted and none is
    /// free.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::pools::Pool;
    /// use std::fs::File;
    ///
    /// let files = Pool::new(|| File::open("Cargo.toml"));
    /// assert_eq!(files.len(), 0);
    /// assert!(files.get()?.metadata()?.is_file());
    /// assert_eq!(files.len(), 1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn new(create: impl Fn() -> Result<T, E> + 'static) -> Self {
        let made = Builder::default().build(create);
        made.unwrap_or_else(|_| unreachable!("nothing is made at first"))
    }

    /// Takes an item: a free one, or a new one, or the first one that is put back.
    ///
    /// # Errors
    ///
    /// Fails if an item was to be made and could not.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches if all items are in use, even while the caller unwinds, and where `create` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::pools::Pool;
    ///
    /// let pool = Pool::new(|| Err::<(), _>("no server"));
    /// assert_eq!(pool.get().unwrap_err(), "no server");
    /// assert_eq!(pool.free(), 4);
    /// ```
    #[doc(alias = "item")]
    pub fn get(&self) -> Result<Item<T>, E> {
        let item = self.get_until(|_| Time::NEVER)?;
        Ok(item.unwrap_or_else(|| unreachable!("it is never given up")))
    }

    /// Takes an item unless all are in use: a free one, or a new one.
    ///
    /// # Errors
    ///
    /// Fails if an item was to be made and could not.
    ///
    /// # Switching
    ///
    /// Switches only if `create` does and is called.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::pools::Pool;
    ///
    /// let pool = Pool::builder().max_size(1).build_infallible(|| 1);
    /// let Ok(item) = pool.try_get();
    /// assert_eq!(*item.unwrap(), 1);
    /// ```
    pub fn try_get(&self) -> Result<Option<Item<T>>, E> {
        self.shelf.units.try_take().then(|| self.shelf.take_or_make(&*self.create)).transpose()
    }

    /// Takes an item as [`get`](Pool::get) does, waiting for one no longer than `limit`. Making one
    /// is not limited by that.
    ///
    /// # Errors
    ///
    /// Fails if an item was to be made and could not.
    ///
    /// # Switching
    ///
    /// Switches as `get` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::pools::Pool;
    /// use std::time::Duration;
    ///
    /// let pool = Pool::builder().max_size(0).build_infallible(|| 1);
    /// let Ok(item) = pool.get_timeout(Duration::from_millis(1));
    /// assert!(item.is_none());
    /// ```
    pub fn get_timeout(&self, limit: Duration) -> Result<Option<Item<T>>, E> {
        self.get_until(|hub| hub.deadline_in(limit))
    }

    /// Takes an item as [`get`](Pool::get) does, waiting for one until `deadline`. Making one is not
    /// limited by that.
    ///
    /// # Errors
    ///
    /// Fails if an item was to be made and could not.
    ///
    /// # Switching
    ///
    /// Switches as `get` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::pools::Pool;
    /// use std::time::{Duration, Instant};
    ///
    /// let pool = Pool::infallible(|| 1);
    /// let Ok(item) = pool.get_deadline(Instant::now() + Duration::from_secs(1));
    /// assert!(item.is_some());
    /// ```
    pub fn get_deadline(&self, deadline: Instant) -> Result<Option<Item<T>>, E> {
        self.get_until(|hub| hub.deadline_at(deadline))
    }

    fn get_until(&self, deadline: impl FnOnce(&Hub) -> Time) -> Result<Option<Item<T>>, E> {
        let may_take = self.shelf.units.take(deadline);
        may_take.then(|| self.shelf.take_or_make(&*self.create)).transpose()
    }

    /// Adds an item that was made elsewhere, or has been [detached](Item::detach). What
    /// [`get`](Pool::get) gave is put back by dropping it.
    ///
    /// # Errors
    ///
    /// Gives the item back if the pool has as many as it may have.
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
    /// let pool = Pool::builder().max_size(1).build_infallible(|| "made");
    /// assert_eq!(pool.put("brought"), Ok(()));
    /// assert_eq!(pool.put("too much"), Err("too much"));
    /// let Ok(item) = pool.get();
    /// assert_eq!(*item, "brought");
    /// ```
    pub fn put(&self, item: T) -> Result<(), T> {
        self.shelf.add(item)
    }

    /// Lets the pool have another number of items. If there are too many, free ones are dropped now,
    /// and others when they are put back. If there may be more, those who wait get them now.
    ///
    /// # Switching
    ///
    /// Switches if the destructor of an item that is dropped does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::pools::Pool;
    ///
    /// let pool = Pool::builder().min_size(3).build_infallible(|| 1);
    /// pool.resize(2);
    /// assert_eq!((pool.len(), pool.free()), (2, 2));
    /// ```
    pub fn resize(&self, max_size: usize) {
        self.shelf.resize(max_size);
    }

    /// How many items there may be.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::pools::Pool::infallible(String::new);
    /// assert_eq!(pool.max_size(), 4);
    /// pool.resize(10);
    /// assert_eq!(pool.max_size(), 10);
    /// ```
    pub fn max_size(&self) -> usize {
        self.shelf.max_size()
    }

    /// How many items can be had without waiting for one that is in use: those that are free, and
    /// those that could be made. It is negative while more are in use than there may be.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::pools::Pool::infallible(String::new);
    /// let items = [pool.get(), pool.get(), pool.get()];
    /// assert_eq!(pool.free(), 1);
    /// pool.resize(2);
    /// assert_eq!(pool.free(), -1);
    /// # drop(items);
    /// ```
    pub fn free(&self) -> isize {
        self.shelf.units.n_free()
    }

    /// How many wait for an item. It takes a moment for each that waits.
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
    /// let item = pool.get();
    /// let theirs = pool.clone();
    /// let other = eventlet::spawn(move || drop(theirs.get()));
    /// eventlet::sleep(std::time::Duration::ZERO);
    /// assert_eq!(pool.waiting(), 1);
    /// drop(item);
    /// other.wait().unwrap();
    /// ```
    pub fn waiting(&self) -> usize {
        self.shelf.units.n_waiting()
    }

    /// How many items there are: free, in use, or being made.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::pools::Pool::infallible(String::new);
    /// drop([pool.get(), pool.get()]);
    /// assert_eq!(pool.len(), 2);
    /// ```
    #[doc(alias = "current_size")]
    pub fn len(&self) -> usize {
        self.shelf.n_items()
    }

    /// Whether there are no items yet, or no more.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::pools::Pool::infallible(String::new);
    /// assert!(pool.is_empty());
    /// drop(pool.get());
    /// assert!(!pool.is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T, E> Clone for Pool<T, E> {
    /// The same pool.
    fn clone(&self) -> Self {
        Pool { shelf: self.shelf.clone(), create: self.create.clone() }
    }
}

impl<T, E> fmt::Debug for Pool<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("len", &self.len())
            .field("free", &self.free())
            .field("waiting", &self.waiting())
            .finish()
    }
}
