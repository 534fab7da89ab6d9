//! Green threads as futures.

use std::cell::Cell;
use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::greenthread::{self, Exit, GreenThread, Handle, Link};

/// The end of a green thread, as a future. Made by awaiting a [`GreenThread`].
///
/// Any executor of the same OS thread can drive it, provided that the hub runs every now and then.
/// Dropping it detaches the green thread.
///
/// # Examples
///
/// ```
/// use eventlet::future::block_on;
///
/// let threads = [1, 2].map(|n| eventlet::spawn(move || n * 10));
/// let sum = block_on(async {
///     let mut sum = 0;
///     for thread in threads {
///         sum += thread.await.unwrap();
///     }
///     sum
/// });
/// assert_eq!(sum, 30);
/// ```
#[must_use = "futures do nothing unless awaited"]
pub struct Wait<T> {
    thread: GreenThread<T>,
    /// Made when it is first polled in vain.
    watch: Option<Watch>,
}

/// How the end of the green thread reaches the executor.
struct Watch {
    /// Whose end it is.
    thread: Handle,
    /// Whom the link wakes.
    waker: Rc<Cell<Option<Waker>>>,
    link: Link,
}

impl<T: 'static> IntoFuture for GreenThread<T> {
    type Output = Result<T, Exit>;
    type IntoFuture = Wait<T>;

    fn into_future(self) -> Wait<T> {
        Wait { thread: self, watch: None }
    }
}

impl<T: 'static> Future for Wait<T> {
    type Output = Result<T, Exit>;

    /// # Panics
    ///
    /// Panics in the green thread itself, and when it has returned the result before.
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Some(result) = self.thread.take_result() {
            return Poll::Ready(result);
        }
        let id = self.thread.id();
        assert!(!self.thread.is_collected(), "a future was polled after it had been ready");
        assert!(id != greenthread::current().id(), "a green thread cannot wait for itself");
        let waker = Some(context.waker().clone());
        match &self.watch {
            Some(watch) => drop(watch.waker.replace(waker)),
            None => self.watch = Some(Watch::new(self.thread.handle(), waker)),
        }
        Poll::Pending
    }
}

impl Watch {
    fn new(thread: Handle, waker: Option<Waker>) -> Self {
        let waker = Rc::new(Cell::new(waker));
        let theirs = waker.clone();
        let link = thread.link(move |_| {
            if let Some(waker) = theirs.take() {
                waker.wake();
            }
        });
        Watch { thread, waker, link }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.waker.take());
        self.thread.unlink(self.link);
    }
}

impl<T> fmt::Debug for Wait<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Wait").field(&self.thread).finish()
    }
}
