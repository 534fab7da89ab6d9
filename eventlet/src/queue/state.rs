//! How many items there are and may be, who waits, and shutting down.

use super::base::Base;
use super::store::Store;
use super::tasks::Count;

impl<T, S: Store<T>, C: Count> Base<T, S, C> {
    /// How many items there are. Those that were put while others waited to get belong to these
    /// already, and do not count.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(eventlet::Queue::from_iter(["a", "b"]).len(), 2);
    /// ```
    #[doc(alias = "qsize")]
    pub fn len(&self) -> usize {
        self.inner.n_items()
    }

    /// Whether there are no items.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(eventlet::Queue::<i32>::new(None).is_empty());
    /// ```
    #[doc(alias = "empty")]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is no room for another item. A rendezvous never has any.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(eventlet::Queue::<i32>::new(Some(0)).is_full());
    /// ```
    #[doc(alias = "full")]
    pub fn is_full(&self) -> bool {
        !self.inner.has_room()
    }

    /// How many items there may be; none if it can be any number.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(eventlet::Queue::<i32>::new(Some(3)).maxsize(), Some(3));
    /// ```
    pub fn maxsize(&self) -> Option<usize> {
        Some(self.inner.max()).filter(|max| *max < usize::MAX)
    }

    /// Changes how many items there may be.
    ///
    /// If there is more room, those who wait to put are served. If there is less, all items stay,
    /// and nobody can put before enough of them have been taken.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let queue = eventlet::Queue::from_iter(["a", "b"]);
    /// queue.resize(Some(1));
    /// assert!(queue.is_full());
    /// assert_eq!(queue.len(), 2);
    /// ```
    pub fn resize(&self, maxsize: Option<usize>) {
        self.inner.resize(maxsize.unwrap_or(usize::MAX));
    }

    /// How many green threads wait to get. It takes a moment for each that waits.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::{Queue, sleep, spawn};
    /// use std::time::Duration;
    ///
    /// let queue = Queue::<i32>::new(None);
    /// let theirs = queue.clone();
    /// let getter = spawn(move || theirs.get());
    /// sleep(Duration::ZERO);
    /// assert_eq!(queue.getting(), 1);
    /// # getter.kill();
    /// ```
    pub fn getting(&self) -> usize {
        self.inner.n_getters()
    }

    /// How many green threads wait to put. It takes a moment for each that waits.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::{Queue, sleep, spawn};
    /// use std::time::Duration;
    ///
    /// let queue = Queue::new(Some(0));
    /// let theirs = queue.clone();
    /// let putter = spawn(move || theirs.put("news"));
    /// sleep(Duration::ZERO);
    /// assert_eq!(queue.putting(), 1);
    /// # putter.kill();
    /// ```
    pub fn putting(&self) -> usize {
        self.inner.putters.len()
    }

    /// Shuts the queue down: nothing can be put any more, and when what is left has been taken,
    /// nothing can be got. Whoever waits for something that will not happen is told so.
    ///
    /// It cannot be undone. This is `Queue.shutdown` of Python 3.13.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::queue::{Empty, Full};
    ///
    /// let queue = eventlet::Queue::from_iter(["a"]);
    /// queue.shutdown();
    /// assert_eq!(queue.put("b"), Err(Full("b")));
    /// assert_eq!(queue.get(), Ok("a"));
    /// assert_eq!(queue.get(), Err(Empty));
    /// ```
    pub fn shutdown(&self) {
        self.inner.shut_down();
    }

    /// [Shuts the queue down](Base::shutdown) and drops all items that nobody has been given.
    /// Those will never be done, so [`join`](Base::join) does not wait for them.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let queue = eventlet::Queue::from_iter(["a"]);
    /// queue.shutdown_now();
    /// queue.join();
    /// assert!(queue.get().is_err());
    /// ```
    #[doc(alias = "shutdown(immediate=True)")]
    pub fn shutdown_now(&self) {
        self.inner.shut_down();
        drop(self.inner.clear());
    }

    /// Whether the queue was shut down. That tells it from one that is only full or empty.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let queue = eventlet::Queue::<i32>::new(None);
    /// queue.shutdown();
    /// assert!(queue.is_shut_down());
    /// ```
    pub fn is_shut_down(&self) -> bool {
        self.inner.is_shut_down()
    }
}
