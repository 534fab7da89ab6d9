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
