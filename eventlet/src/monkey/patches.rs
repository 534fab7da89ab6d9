//! Which categories are patched, and whether a call is to be taken over.

use std::sync::atomic::{AtomicU8, Ordering};

use super::{fork, locals, original};
use crate::hub;
use crate::patcher::category::Category;

/// A bit for each category. Bits are only ever added, but for a forked child.
static PATCHED: AtomicU8 = AtomicU8::new(0);

/// Patches the categories of these bits, for the rest of the process.
pub(crate) fn add(bits: u8) {
    // A forked child could not: another thread may have held the lock of the dynamic loader.
    original::find_all();
    fork::watch();
    if bits & Category::Thread.bit() != 0 {
        locals::enable();
    }
    PATCHED.fetch_or(bits, Ordering::Release);
}

/// Takes all patches back: in a forked child, where the hubs are those of the parent.
pub(super) fn remove_all() {
    PATCHED.store(0, Ordering::Release);
}

/// Whether a category is patched.
#[inline]
pub(crate) fn has(category: Category) -> bool {
    PATCHED.load(Ordering::Relaxed) & category.bit() != 0
}

/// Whether a call of this category that is made here and now may make its green thread wait, instead
/// of the OS thread.
#[inline]
pub(super) fn apply(category: Category) -> bool {
    has(category) && hub::is_program()
}

/// Whether a call of one of two categories may.
#[inline]
pub(super) fn apply_any(one: Category, other: Category) -> bool {
    PATCHED.load(Ordering::Relaxed) & (one.bit() | other.bit()) != 0 && hub::is_program()
}
