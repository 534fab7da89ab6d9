//! Guard pages: below every stack lies a page whose touch ends the process instead of corrupting it.
//!
//! The `generator` crate makes that page a mapping of its own, and the kernel allows a process
//! some 65,000 mappings, which is the end at about 32,000 green threads. Linux 6.13 and later can
//! guard pages *inside* a mapping. There, each guard is converted right after its stack has been
//! mapped, and the stacks merge into few mappings. Elsewhere stacks are counted, and the one that
//! would come too near the limit is refused while everything still works.
//!
//! The crate writes a sentinel into the lowest page of each stack, which so costs memory and is of
//! no use. Installing a guard region frees what it covers, so it is laid over that page too, and
//! the stack is mapped one page larger. With a mapped guard the page is freed by a call of its own.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use generator::LocalGenerator;

use super::stack::{Stack, page_size};
use crate::oslock::OnceLock;

/// Mappings left to everything else in the process: the allocator, libraries, thread stacks.
const SPARE_MAPPINGS: usize = 4096;
/// A stack and its guard.
const MAPPINGS_PER_STACK: usize = 2;

/// How many more stacks with a mapped guard this process may have; not used with guard regions.
static STACKS_LEFT: AtomicUsize = AtomicUsize::new(usize::MAX);
/// Whether guards are converted on this system; decided once.
static CONVERTS: OnceLock<bool> = OnceLock::new();

/// Decides how guards are made, with a stack made for the purpose.
pub(super) fn detect(sample: impl FnOnce() -> LocalGenerator<'static, (), ()>) {
    CONVERTS.get_or_init(|| {
        let (generator, stack) = Stack::of(sample(), page_size());
        let allowed = std::env::var_os("EVENTLET_GUARD_REGIONS").is_none_or(|value| value != "0");
        let works = allowed && region::install(&stack) && is_guarded(&stack);
        drop(generator);
        if !works && let Some(limit) = mapping_limit() {
            let in_use = mappings_in_use() + SPARE_MAPPINGS;
            STACKS_LEFT.store(limit.saturating_sub(in_use) / MAPPINGS_PER_STACK, Ordering::Relaxed);
        }
        works
    });
}

fn converts() -> bool {
    CONVERTS.get().copied().unwrap_or(false)
}

/// Takes the right to map one more stack.
pub(super) fn reserve() -> io::Result<()> {
    if converts() {
        return Ok(());
    }
    let take = |left: usize| left.checked_sub(1);
    match STACKS_LEFT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
        Ok(_) => Ok(()),
        Err(_) => Err(io::Error::new(
            io::ErrorKind::OutOfMemory,
            "the process has as many green-thread stacks as the kernel has mappings for: raise \
             the sysctl vm.max_map_count, or run fewer green threads at once",
        )),
    }
}

/// Gives the right back.
pub(super) fn release() {
    if !converts() {
        STACKS_LEFT.fetch_add(1, Ordering::Relaxed);
    }
}

/// How many bytes of each stack become part of its guard.
pub(super) fn spare() -> usize {
    if converts() { page_size() } else { 0 }
}

/// Completes the guard of a stack that was mapped just now and has not been run on, and frees the
/// page with the sentinel.
pub(super) fn install(stack: &Stack) {
    if converts() {
        // If it cannot be converted, the mapped guard stays, and costs mappings only.
        region::install(stack);
    } else if stack.size().bytes() > page_size() {
        stack.free_below(stack.bottom() + page_size());
    }
}

/// Whether the pages below the stack fault and the stack's lowest byte does not.
///
/// The kernel is asked to read them for us: it answers `EFAULT` where we would be killed.
fn is_guarded(stack: &Stack) -> bool {
    let mut ends = [0; 2];
    // SAFETY: `pipe` writes two descriptors into the array.
    if unsafe { libc::pipe(ends.as_mut_ptr()) } != 0 {
        return false;
    }
    let readable = |address: usize| {
        let pointer = std::ptr::with_exposed_provenance::<libc::c_void>(address);
        // SAFETY: `write` only reads the byte, and reports an address it cannot read.
        unsafe { libc::write(ends[1], pointer, 1) == 1 }
    };
    let guard = stack.guard();
    let guarded = !readable(guard.start)
        && !readable(stack.sentinel_page())
        && !readable(guard.end - 1)
        && readable(stack.bottom());
    for end in ends {
        // SAFETY: both descriptors are ours and closed once.
        unsafe { libc::close(end) };
    }
    guarded
}

fn mapping_limit() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/sys/vm/max_map_count").ok()?;
    text.trim().parse().ok()
}

fn mappings_in_use() -> usize {
    std::fs::read("/proc/self/maps").map_or(0, |maps| maps.split(|&byte| byte == b'\n').count())
}

#[cfg(target_os = "linux")]
mod region {
    //! Guard regions, Linux 6.13 and later.

    use std::ptr::with_exposed_provenance_mut;

    use crate::coroutine::stack::{Stack, page_size};

    /// Not in `libc` for every target yet; the number is part of the kernel's interface.
    const MADV_GUARD_INSTALL: libc::c_int = 102;

    /// Turns the guard of a stack from a mapping into a region that covers the page with the
    /// sentinel too; says whether it could.
    pub(super) fn install(stack: &Stack) -> bool {
        let guard = with_exposed_provenance_mut(stack.guard().start);
        // SAFETY: these are the generator's own guard and the page above it (checked by `detect`),
        // which hold nothing but the sentinel. The lowest page is never left readable: either the
        // region is installed or the old protection is put back.
        unsafe {
            if libc::mprotect(guard, page_size(), libc::PROT_READ | libc::PROT_WRITE) != 0 {
                return false;
            }
            if libc::madvise(guard, stack.guard().len(), MADV_GUARD_INSTALL) == 0 {
                return true;
            }
            let restored = libc::mprotect(guard, page_size(), libc::PROT_NONE);
            assert_eq!(restored, 0, "the guard page of a stack cannot be protected again");
        }
        false
    }
}

#[cfg(not(target_os = "linux"))]
mod region {
    //! Systems without guard regions.

    pub(super) fn install(_: &super::Stack) -> bool {
        false
    }
}
