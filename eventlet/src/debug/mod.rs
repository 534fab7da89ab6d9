//! Help for finding out what goes on: a clock that tests can stop, and a watchdog that tells which
//! green thread keeps a hub to itself.
//!
//! Green threads take turns because they give way. One that computes for long, or makes a call that
//! blocks its OS thread, holds up all others of its hub, and nothing in the program says so: it is
//! merely slow. [`hub_blocking_detection`] names it.

mod blocking;
mod clock;

pub use blocking::{Activity, BlockingDetection, BlockingReport, hub_blocking_detection};
pub use clock::{now, pause_clock, resume_clock};
