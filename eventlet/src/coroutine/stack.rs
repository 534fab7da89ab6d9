//! Stack sizes, and where a generator's stack lies in memory.

use std::io;
use std::{env, fmt};

use generator::LocalGenerator;

use super::guard;
use crate::oslock::OnceLock;

/// What a green thread reserves unless told otherwise; only touched pages cost memory.
const DEFAULT: usize = 256 * 1024;
/// Less than this cannot hold the frames that start and end a job.
const MIN: usize = 8 * 1024;
/// More than this is taken for a mistake.
const MAX: usize = 1024 * 1024 * 1024;

/// A checked stack size: whole pages, within the limits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct StackSize(usize);

impl StackSize {
    /// Checks `bytes` and rounds it up to whole pages.
    pub(crate) fn new(bytes: usize) -> io::Result<Self> {
        if bytes < MIN {
            return Err(refuse(bytes, format_args!("at least {MIN} bytes (8 KiB) are needed")));
        }
        if bytes > MAX {
            return Err(refuse(bytes, format_args!("at most {MAX} bytes (1 GiB) are allowed")));
        }
        Ok(StackSize(bytes.next_multiple_of(page_size())))
    }

    pub(crate) fn bytes(self) -> usize {
        self.0
    }

    /// The size in the unit of the `generator` crate. Whole pages make it even; an odd number
    /// would make the crate fill the whole stack.
    pub(super) fn words(self) -> usize {
        (self.0 + guard::spare()) / size_of::<usize>()
    }
}

fn refuse(bytes: usize, why: fmt::Arguments<'_>) -> io::Error {
    let text = format!("a green thread cannot have a stack of {bytes} bytes: {why}");
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

/// 256 KiB, or what the environment variable `EVENTLET_STACK_SIZE` says, in bytes.
///
/// A value that is no number or out of range is reported once on stderr and ignored.
pub(crate) fn default_stack_size() -> StackSize {
    static SIZE: OnceLock<StackSize> = OnceLock::new();
    *SIZE.get_or_init(|| {
        let fallback = StackSize(DEFAULT);
        let Some(value) = env::var_os("EVENTLET_STACK_SIZE") else { return fallback };
        let parsed = value.to_str().and_then(|text| text.trim().parse().ok());
        match parsed.map(StackSize::new) {
            Some(Ok(size)) => size,
            Some(Err(error)) => {
                notice!("eventlet: EVENTLET_STACK_SIZE is ignored: {error}");
                fallback
            }
            None => {
                notice!(
                    "eventlet: EVENTLET_STACK_SIZE is ignored: {value:?} is no number of bytes"
                );
                fallback
            }
        }
    })
}

/// Turns the generator crate's panic about a stack into an error that says what to do.
pub(super) fn map_error(size: StackSize, cause: &str) -> io::Error {
    let text = format!(
        "no stack of {} bytes can be mapped for a green thread ({cause}): raise the memory limit, \
         ask for smaller stacks, or run fewer green threads at once",
        size.bytes()
    );
    io::Error::new(io::ErrorKind::OutOfMemory, text)
}

/// Where a stack lies: `guard .. bottom` must not be touched, `bottom .. top` is for frames.
///
/// The crate's own guard is one page. The next one is where it writes its sentinel: it belongs to
/// the guard too where regions are used, and to the frames elsewhere.
#[derive(Clone, Copy)]
pub(super) struct Stack {
    guard: usize,
    bottom: usize,
    top: usize,
}

impl Stack {
    /// Finds the stack of a generator; `spare` bytes above the crate's guard are left to ours.
    ///
    /// The crate keeps a generator's state in the uppermost page of its stack and tells the size.
    /// `guard::detect` checks once per process that this arithmetic holds.
    pub(super) fn of(
        generator: LocalGenerator<'static, (), ()>,
        spare: usize,
    ) -> (LocalGenerator<'static, (), ()>, Stack) {
        let page = page_size();
        let raw = generator.into_raw();
        let top = (raw.addr() & !(page - 1)) + page;
        // SAFETY: the pointer comes from `into_raw` of the same type just above, and is used once.
        let generator = unsafe { LocalGenerator::from_raw(raw) };
        let lowest = top - generator.stack_usage().0 * size_of::<usize>();
        (generator, Stack { guard: lowest - page, bottom: lowest + spare, top })
    }

    pub(super) fn guard(&self) -> std::ops::Range<usize> {
        self.guard..self.bottom
    }

    pub(super) fn bottom(&self) -> usize {
        self.bottom
    }

    /// The page into which the crate writes its sentinel, and nothing else as long as the stack has
    /// not been run on.
    pub(super) fn sentinel_page(&self) -> usize {
        self.guard + page_size()
    }

    /// Whether an address belongs to the frames of this stack.
    #[inline]
    pub(super) fn contains(&self, address: usize) -> bool {
        address.wrapping_sub(self.bottom) < self.top - self.bottom
    }

    /// How many bytes lie below the caller's frame, if it runs on this stack.
    pub(super) fn bytes_left(&self) -> usize {
        let marker = 0_u8;
        (&raw const marker).addr().saturating_sub(self.bottom)
    }

    /// Frees the memory of the whole pages below an address, which then read as zeroes. Nothing
    /// may be kept there.
    pub(super) fn free_below(&self, end: usize) {
        let len = (end & !(page_size() - 1)).saturating_sub(self.bottom);
        if len > 0 {
            let bottom = std::ptr::with_exposed_provenance_mut(self.bottom);
            // SAFETY: the pages belong to this stack, which is mapped, and hold nothing of use.
            unsafe { libc::madvise(bottom, len, libc::MADV_DONTNEED) };
        }
    }

    pub(super) fn size(&self) -> StackSize {
        StackSize(self.top - self.bottom)
    }

    /// How much of it is used, if the innermost frame is at `frames`.
    pub(super) fn usage(&self, frames: usize) -> StackUse {
        let size = self.size().bytes();
        StackUse {
            size,
            in_use: self.top.saturating_sub(frames).min(size),
            resident: self.resident(),
        }
    }

    /// How many bytes have memory behind them.
    #[cfg(target_os = "linux")]
    fn resident(&self) -> Option<usize> {
        let bottom = std::ptr::with_exposed_provenance_mut(self.bottom);
        let mut pages = vec![0_u8; self.size().bytes() / page_size()];
        // SAFETY: the pages belong to this stack, which is mapped and begins and ends with a page;
        // there is a byte for each, and nothing but these bytes is written.
        let result = unsafe { libc::mincore(bottom, self.size().bytes(), pages.as_mut_ptr()) };
        let n_resident = pages.iter().filter(|&&page| page & 1 == 1).count();
        (result == 0).then_some(n_resident * page_size())
    }

    /// Other systems tell in other ways.
    #[cfg(not(target_os = "linux"))]
    fn resident(&self) -> Option<usize> {
        None
    }
}

/// How much of a stack is used, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct StackUse {
    pub(crate) size: usize,
    /// From the outermost frame to the innermost.
    pub(crate) in_use: usize,
    /// What has memory behind it, since it was used once, perhaps by an earlier job; unknown on some
    /// systems.
    pub(crate) resident: Option<usize>,
}

/// The size of a memory page, in bytes.
pub(super) fn page_size() -> usize {
    static SIZE: OnceLock<usize> = OnceLock::new();
    *SIZE.get_or_init(|| {
        // SAFETY: `sysconf` only reads a constant.
        let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        usize::try_from(size).unwrap_or(4096)
    })
}
