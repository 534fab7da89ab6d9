//! Futures in green threads: [`block_on`], and green threads to await.
//!
//! A library that is only there as `async` works in a green thread too: [`block_on`] waits for a
//! future as any other call waits for its data, and meanwhile the other green threads run. The
//! other way round, a [`GreenThread`](crate::GreenThread) can be awaited.
//!
//! # Futures that need a runtime
//!
//! Some futures work only where the runtime they were written for drives them. Those of tokio
//! need its timers and its poller, which a tokio runtime on other OS threads provides, and they
//! look for it while they are polled. So enter it in each poll, and not around [`block_on`]: green
//! threads that wait inside would leave it in another order than they entered it.
//!
//! ```
//! use std::future::{Future, poll_fn};
//! use std::pin::pin;
//! use std::time::Duration;
//!
//! fn on_tokio<F: Future>(runtime: &tokio::runtime::Handle, future: F) -> F::Output {
//!     let mut future = pin!(future);
//!     eventlet::future::block_on(poll_fn(|context| {
//!         let _entered = runtime.enter();
//!         future.as_mut().poll(context)
//!     }))
//! }
//!
//! let mut builder = tokio::runtime::Builder::new_multi_thread();
//! let runtime = builder.worker_threads(1).enable_all().build()?;
//! let handle = runtime.handle().clone();
//! let thread = eventlet::spawn(move || {
//!     on_tokio(&handle, async {
//!         tokio::time::sleep(Duration::from_millis(5)).await;
//!         "slept"
//!     })
//! });
//! assert_eq!(thread.wait().unwrap(), "slept");
//! # Ok::<(), std::io::Error>(())
//! ```

mod signal;
mod wait;

use std::future::{Future, IntoFuture};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use signal::Signal;
pub use wait::Wait;

/// Waits for a future and returns its output. Only the calling green thread waits.
///
/// The future's waker may be called from any OS thread, and before the caller has begun to wait.
/// A future that wakes itself lets everyone else run before it is polled again. It may be polled
/// more often than it was woken. Futures may call `block_on` and whatever else waits.
///
/// A kill or a timeout that comes meanwhile drops the future and unwinds from here: for a limit,
/// put the call into [`with_timeout`](crate::with_timeout).
///
/// Wakers may be anywhere, so that a future that nobody will wake any more is not reported as a
/// deadlock.
///
/// # Switching
///
/// Switches whenever the future is pending, even while the caller unwinds: nothing else could give
/// it an output.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use eventlet::future::block_on;
///
/// let thread = eventlet::spawn(|| 20);
/// assert_eq!(block_on(async { thread.await.unwrap() + 1 }), 21);
///
/// let never = std::future::pending::<()>();
/// assert!(eventlet::with_timeout(Duration::from_millis(1), || block_on(never)).is_err());
/// ```
pub fn block_on<F: IntoFuture>(future: F) -> F::Output {
    let mut future = pin!(future.into_future());
    let signal = Arc::new(Signal::default());
    let waker = Waker::from(signal.clone());
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
        signal.wait();
    }
}
