//! OS threads, and what they wait for.

pub(super) mod join;
