//! Thread-local variables of each green thread's own.
//!
//! ```text
//!     the OS thread's block              a green thread's values
//!     ┌──────────────────────┐           ┌─────────────┐
//!     │ eventlet's, C's      │           │             │
//!     │ tokio's, std's, … ◄──┼── swap ───┼─►           │  before it runs, and after
//!     └──────────────────────┘           └─────────────┘
//! ```
//!
//! Code that knows only OS threads keeps in thread-local variables what a thread is in the middle of:
//! which runtime it has entered, that it is panicking, what it is to be woken by. Two green threads of
//! one OS thread must not see each other's. So all variables of the executable that are Rust's are
//! swapped when the hub switches to a green thread and back. They lie together, in a block of some
//! hundred bytes; the executable's symbols tell whose each one is.

mod destructors;
mod elf;
mod fiber;
mod layout;
mod names;
mod own;
mod segment;
mod states;
mod strangers;
#[cfg(test)]
mod tests;

use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

pub(crate) use fiber::FiberLocals;
use layout::Layout;

use crate::patcher::ThreadLocals;

/// What has been learnt about the executable; null until variables are to be swapped.
static LAYOUT: AtomicPtr<Layout> = AtomicPtr::new(ptr::null_mut());

/// Where all variables of the executable are; not set before, nor if there are none.
static SEGMENT: OnceLock<Place> = OnceLock::new();

/// How far before the [anchor](own::anchor) the block begins, and how long it is.
struct Place {
    anchor: usize,
    size: usize,
}

/// What has come of it; not set before.
static WHOSE: OnceLock<Result<ThreadLocals, String>> = OnceLock::new();

/// Gives green threads that begin from now on thread-local variables of their own, if that is
/// possible.
pub(crate) fn enable() {
    WHOSE.get_or_init(|| {
        destructors::prepare()?;
        let segment = segment::find().ok_or("the executable has no thread-local variables")?;
        let anchor = own::anchor().wrapping_sub(segment.block);
        SEGMENT.get_or_init(|| Place { anchor, size: segment.size });
        let layout: &Layout = Box::leak(Box::new(Layout::learn(&segment, anchor)?));
        LAYOUT.store(ptr::from_ref(layout).cast_mut(), Ordering::Release);
        layout.strangers.settle(layout.block());
        Ok(ThreadLocals::Own {
            n_variables: layout.n_variables,
            n_bytes: layout.image.len(),
            failures: &layout.failures,
        })
    });
}

/// Whose the variables are.
pub(crate) fn whose() -> ThreadLocals {
    match WHOSE.get() {
        None => ThreadLocals::Unpatched,
        Some(Ok(whose)) => *whose,
        Some(Err(why)) => ThreadLocals::Shared { why },
    }
}

/// Whether this is the address of one of the calling thread's variables. Whoever waits there has told
/// others of it, and must not let green threads run meanwhile: it is the caller's only while it runs,
/// or that of all green threads together.
pub(crate) fn is_thread_local(address: usize) -> bool {
    SEGMENT.get().is_some_and(|&Place { anchor, size }| {
        address.wrapping_sub(own::anchor().wrapping_sub(anchor)) < size
    })
}

/// What is known about the executable's variables, if they are to be swapped.
#[inline]
fn layout() -> Option<&'static Layout> {
    // SAFETY: it is null, or what `enable` has made and never frees.
    unsafe { LAYOUT.load(Ordering::Acquire).as_ref() }
}
