//! Pools of nothing but permissions.

use std::fmt;
use std::time::{Duration, Instant};

use super::{Item, Pool};

/// What a [`TokenPool`] gives: the permission itself. It has no contents.
///
/// # Examples
///
/// ```
/// use eventlet::pools::{Item, Token, TokenPool};
///
/// /// A job that counts as one as long as it exists.
/// struct Job {
///     _token: Item<Token>,
/// }
///
/// let tokens = TokenPool::new(1);
/// let job = Job { _token: tokens.get() };
/// assert_eq!(tokens.free(), 0);
/// drop(job);
/// assert_eq!(tokens.free(), 1);
/// ```
#[derive(Debug)]
pub struct Token {
    _private: (),
}

/// A pool of tokens: permission for so many at once.
///
/// It is a [`Semaphore`](crate::Semaphore) in the words of pools, and can be resized.
///
/// A clone is the same pool. It belongs to its OS thread.
///
/// # Examples
///
/// ```
/// use eventlet::pools::TokenPool;
///
/// let tokens = TokenPool::new(2);
/// let (first, second) = (tokens.get(), tokens.get());
/// assert!(tokens.try_get().is_none());
/// drop(first);
/// assert_eq!(tokens.free(), 1);
/// # drop(second);
/// ```
#[derive(Clone)]
pub struct TokenPool {
    pool: Pool<Token>,
}

impl TokenPool {
    /// Makes a pool of `max_size` tokens.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(eventlet::pools::TokenPool::new(3).free(), 3);
    /// ```
    pub fn new(max_size: usize) -> Self {
        let create = || Token { _private: () };
        TokenPool { pool: Pool::builder().max_size(max_size).build_infallible(create) }
    }

    /// Takes a token, waiting for it.
    ///
    /// # Panics
    ///
    /// Panics in the main context where the hub finds that nothing can ever end the wait.
    ///
    /// # Switching
    ///
    /// Switches if none is free, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let tokens = eventlet::pools::TokenPool::new(1);
    /// let token = tokens.get();
    /// eventlet::spawn(move || drop(token));
    /// let _next = tokens.get();
    /// ```
    pub fn get(&self) -> Item<Token> {
        let Ok(token) = self.pool.get();
        token
    }

    /// Takes a token if one is free.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let tokens = eventlet::pools::TokenPool::new(1);
    /// let token = tokens.try_get();
    /// assert!(token.is_some());
    /// assert!(tokens.try_get().is_none());
    /// ```
    pub fn try_get(&self) -> Option<Item<Token>> {
        let Ok(token) = self.pool.try_get();
        token
    }

    /// Takes a token, waiting for it no longer than `limit`.
    ///
    /// # Switching
    ///
    /// Switches if none is free, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// let tokens = eventlet::pools::TokenPool::new(0);
    /// assert!(tokens.get_timeout(Duration::from_millis(1)).is_none());
    /// ```
    pub fn get_timeout(&self, limit: Duration) -> Option<Item<Token>> {
        let Ok(token) = self.pool.get_timeout(limit);
        token
    }

    /// Takes a token, waiting for it until `deadline`.
    ///
    /// # Switching
    ///
    /// Switches if none is free, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// let tokens = eventlet::pools::TokenPool::new(1);
    /// assert!(tokens.get_deadline(std::time::Instant::now()).is_some());
    /// ```
    pub fn get_deadline(&self, deadline: Instant) -> Option<Item<Token>> {
        let Ok(token) = self.pool.get_deadline(deadline);
        token
    }

    /// Gives the pool another number of tokens; see [`Pool::resize`].
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let tokens = eventlet::pools::TokenPool::new(0);
    /// tokens.resize(1);
    /// assert!(tokens.try_get().is_some());
    /// ```
    pub fn resize(&self, max_size: usize) {
        self.pool.resize(max_size);
    }

    /// How many tokens can be had at once; see [`Pool::free`].
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let tokens = eventlet::pools::TokenPool::new(2);
    /// let token = tokens.get();
    /// assert_eq!(tokens.free(), 1);
    /// # drop(token);
    /// ```
    pub fn free(&self) -> isize {
        self.pool.free()
    }

    /// How many wait for a token. It takes a moment for each that waits.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let tokens = eventlet::pools::TokenPool::new(0);
    /// let theirs = tokens.clone();
    /// let other = eventlet::spawn(move || drop(theirs.get()));
    /// eventlet::sleep(std::time::Duration::ZERO);
    /// assert_eq!(tokens.waiting(), 1);
    /// other.kill();
    /// assert_eq!(tokens.waiting(), 0);
    /// ```
    pub fn waiting(&self) -> usize {
        self.pool.waiting()
    }
}

impl fmt::Debug for TokenPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (free, waiting) = (self.free(), self.waiting());
        f.debug_struct("TokenPool").field("free", &free).field("waiting", &waiting).finish()
    }
}
