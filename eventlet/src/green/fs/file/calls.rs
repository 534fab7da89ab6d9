//! The calls on the pool that use one open file.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the calls that are under way, over all clones of a file: they share its position, and
/// the system lets one call at a time use that.
#[derive(Clone, Default)]
pub(super) struct Calls {
    n_under_way: Arc<AtomicUsize>,
}

impl Calls {
    /// Counts one more until what is returned is dropped.
    pub(super) fn begin(&self) -> UnderWay {
        self.n_under_way.fetch_add(1, Ordering::AcqRel);
        UnderWay(self.clone())
    }

    /// Whether the file's position may be taken by one who waits for the disk.
    pub(super) fn are_under_way(&self) -> bool {
        self.n_under_way.load(Ordering::Acquire) > 0
    }
}

/// A call that has been asked for and has not ended.
pub(super) struct UnderWay(Calls);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.n_under_way.fetch_sub(1, Ordering::AcqRel);
    }
}
