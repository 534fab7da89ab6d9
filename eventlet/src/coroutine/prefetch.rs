//! Loading a suspended job's frames into the cache before it is resumed.
//!
//! With thousands of coroutines, each resume would otherwise wait for memory once per cache line
//! of the frames that it returns through.

/// How much of the innermost frames is loaded: what a read that waited returns through.
const BYTES: usize = 768;
const LINE: usize = 64;

/// Starts to load the first line of a record.
#[inline]
pub(crate) fn prefetch<T>(record: &T) {
    line(std::ptr::from_ref(record).addr());
}

/// Starts to load the frames that begin at this address.
#[inline]
pub(super) fn frames(start: usize) {
    lines(start, BYTES);
}

#[inline]
pub(super) fn lines(start: usize, bytes: usize) {
    for offset in (0..bytes).step_by(LINE) {
        line(start + offset);
    }
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn line(address: usize) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

    // SAFETY: a hint, which does nothing where the address is not mapped.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::without_provenance(address)) }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn line(_: usize) {}
