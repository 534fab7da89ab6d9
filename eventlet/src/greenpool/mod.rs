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
//! | borrowing from the function that waits for them | [`scope`](crate::scope) |
//! | a few, one result each | [`spawn`](crate::spawn) and [`join_all`](crate::join_all) |

mod census;
mod group;
mod imap;
mod pile;
mod slots;
mod spawn;
mod star;
mod state;
mod tasks;
mod window;

use std::fmt;
use std::rc::Rc;

pub(crate) use census::view_pools;
pub use group::Group;
pub use imap::{IMap, IMapUnordered};
pub use pile::GreenPile;
pub use star::{Arguments, StarMap};

#[cfg(feature = "http")]
pub(crate) use slots::Slot;
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
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let pool = eventlet::GreenPool::new(2);
    /// assert_eq!((pool.size(), pool.free()), (2, 2));
    /// ```
    #[track_caller]
    pub fn new(size: usize) -> Self {
        GreenPool { slots: Slots::new(size) }
    }
}

impl Default for GreenPool {
    /// A pool in which 1000 green threads run at once.
    #[track_caller]
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
