//! A value that lives behind the pool.

mod turns;

use std::fmt;
use std::sync::Arc;

use turns::{Kept, Turns};

/// A value that is used on the threads of the pool only, by one call at a time.
///
/// It is for things whose methods block: a connection of a client library, an open file, the handle
/// of a device. [`call`](Proxy::call) lends it to a closure on the pool, and only the caller waits.
/// Callers are served in the order in which they came, whatever hub or OS thread they belong to; one
/// that waits for its turn takes up no thread of the pool. A clone is a handle to the same value.
///
/// With the last handle and the last call the value is dropped, on the pool, since closing may
/// block too. The same goes for a value that is [wrapped](Proxy::wrap).
///
/// In Eventlet a proxy has all the methods of what it stands for, and wraps those results that
/// `autowrap` names. Here it is `call` for the ones and `wrap` for the others.
///
/// # Examples
///
/// ```
/// use std::io::{BufRead, BufReader};
/// use std::fs::File;
/// use eventlet::tpool::{self, Proxy};
///
/// let file = tpool::execute(|| File::open("Cargo.toml").map(BufReader::new).map(Proxy::new))?;
/// let first = file.call(|file| {
///     let mut line = String::new();
///     file.read_line(&mut line).map(|_| line)
/// })?;
/// assert_eq!(first, "[package]\n");
///
/// // What iterates can be iterated over, each step on the pool.
/// let mut lines = file.into_inner().map(|file| Proxy::new(file.lines())).unwrap();
/// assert_eq!(lines.next().unwrap()?, "name = \"eventlet\"");
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Proxy<T: Send + 'static> {
    turns: Arc<Turns<T>>,
    /// Counts the handles: calls under way hold `turns` as well.
    handle: Arc<()>,
}

impl<T: Send> Proxy<T> {
    /// Puts a value behind the pool.
    ///
    /// Where making it blocks, too, make both on the pool: `execute(|| Proxy::new(open()))`.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let proxy = eventlet::tpool::Proxy::new(4);
    /// assert_eq!(proxy.call(|number| *number), 4);
    /// ```
    pub fn new(value: T) -> Self {
        Proxy { turns: Arc::new(Turns::new(value)), handle: Arc::default() }
    }

    /// Calls `f` with the value, on a thread of the pool, when all earlier calls have ended.
    ///
    /// A kill or a timeout of the caller frees it at once: if `f` has not begun, it is dropped;
    /// otherwise it runs to its end, before the next call, and its result is dropped.
    ///
    /// A call on a thread of the pool (in the closure of another proxy, say) blocks that thread.
    /// Two that call each other crosswise wait for ever, like two locks. If the pool has [no
    /// threads](super::set_num_threads), `f` runs on the caller's OS thread or that of an earlier
    /// caller, in a green thread of its own.
    ///
    /// # Panics
    ///
    /// Panics in the caller if `f` panics, with the same payload. The proxy goes on with the value as
    /// it was left; whoever needs it to be unusable after that notes it in the value.
    ///
    /// Panics if it is called from within a call of the same proxy, which would wait for itself,
    /// and if no thread can be started.
    ///
    /// # Switching
    ///
    /// Switches until the result is there, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::tpool::Proxy;
    ///
    /// let proxy = Proxy::new(Vec::new());
    /// let threads: Vec<_> = (1..=3)
    ///     .map(|n| {
    ///         let proxy = proxy.clone();
    ///         eventlet::spawn(move || proxy.call(move |list| list.push(n)))
    ///     })
    ///     .collect();
    /// threads.into_iter().for_each(|thread| thread.wait().unwrap());
    /// assert_eq!(proxy.call(|list| list.clone()), [1, 2, 3]);
    /// ```
    #[track_caller]
    pub fn call<F, R>(&self, f: F) -> R
    where
        F: FnOnce(&mut T) -> R + Send + 'static,
        R: Send + 'static,
    {
        self.turns.call(|value| f(value.as_mut().expect("only the last handle takes the value")))
    }

    /// Calls `f` like [`call`](Proxy::call), and leaves its result behind the pool, as another proxy.
    ///
    /// This is for what has methods that block as well: the cursor of a connection. It has its own
    /// turns, so a value that must not be used together with this one has to lock something itself.
    /// For a result that may be an error, `call(|value| value.cursor().map(Proxy::new))`.
    ///
    /// # Panics
    ///
    /// Panics where [`call`](Proxy::call) does.
    ///
    /// # Switching
    ///
    /// Switches until the result is there, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::tpool::Proxy;
    ///
    /// let words = Proxy::new(String::from("one two"));
    /// let list = words.wrap(|text| text.split(' ').map(str::to_owned).collect::<Vec<_>>());
    /// assert_eq!(list.call(|list| list.len()), 2);
    /// ```
    #[doc(alias = "autowrap")]
    #[doc(alias = "autowrap_names")]
    #[track_caller]
    pub fn wrap<F, U>(&self, f: F) -> Proxy<U>
    where
        F: FnOnce(&mut T) -> U + Send + 'static,
        U: Send + 'static,
    {
        self.call(|value| Proxy::new(f(value)))
    }

    /// Takes the value out, when the calls that were made through handles which are gone have ended.
    ///
    /// A caller that is killed or times out meanwhile leaves the value to be dropped on the pool.
    ///
    /// # Errors
    ///
    /// Gives the handle back if there are others.
    ///
    /// # Panics
    ///
    /// Panics if no thread can be started.
    ///
    /// # Switching
    ///
    /// Switches if a caller was killed or timed out and its call has not ended, even while the caller
    /// unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::tpool::Proxy;
    ///
    /// let proxy = Proxy::new(4);
    /// let other = proxy.clone();
    /// let proxy = proxy.into_inner().unwrap_err();
    /// drop(other);
    /// assert_eq!(proxy.into_inner().unwrap(), 4);
    /// ```
    #[track_caller]
    pub fn into_inner(self) -> Result<T, Self> {
        if Arc::strong_count(&self.handle) > 1 {
            return Err(self);
        }
        let value = match self.turns.take_idle() {
            Some(value) => value,
            None => self.turns.call(|value| Kept::new(value.take())).take(),
        };
        Ok(value.expect("only the last handle takes the value"))
    }
}

/// Each step runs on the pool, like a [`call`](Proxy::call).
impl<I> Iterator for Proxy<I>
where
    I: Iterator + Send + 'static,
    I::Item: Send + 'static,
{
    type Item = I::Item;

    #[track_caller]
    fn next(&mut self) -> Option<I::Item> {
        self.call(Iterator::next)
    }
}

impl<T: Send> Clone for Proxy<T> {
    fn clone(&self) -> Self {
        Proxy { turns: self.turns.clone(), handle: self.handle.clone() }
    }
}

impl<T: Send> fmt::Debug for Proxy<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").finish_non_exhaustive()
    }
}
