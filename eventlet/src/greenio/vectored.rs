//! How much a vectored call can move.

use std::ops::Deref;

/// A vectored call takes that many buffers for certain, and on Linux no more.
const MAX_BUFFERS: usize = 1024;

/// How many bytes the buffers have together that one call takes. Moving fewer than these is short;
/// leaving buffers out is not.
pub(crate) fn total(bufs: &[impl Deref<Target = [u8]>]) -> usize {
    bufs.iter().take(MAX_BUFFERS).map(|buf| buf.len()).sum()
}
