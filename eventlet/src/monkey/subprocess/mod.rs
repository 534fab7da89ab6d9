//! Child processes.
//!
//! ```text
//!   waitpid ──► the original, with WNOHANG ──► an answer
//!                  ▲                │ nothing yet
//!                  └── `changes` ◄──┘
//! ```
//!
//! So whoever reaps a child gets what the kernel has to say of it, in the order in which it asks.

mod changes;
pub(super) mod shell;
pub(super) mod wait;
pub(super) mod waitid;

/// Finds the originals of all of them.
pub(super) fn find_all() {
    shell::originals::find_all();
    wait::originals::find_all();
    waitid::originals::find_all();
}
