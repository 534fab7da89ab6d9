//! A green thread's own values, and how they take the place of the OS thread's.

use std::arch::asm;
use std::cell::{Cell, UnsafeCell};
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;
use std::thread::{self, Thread};

use super::layout::Layout;

thread_local! {
    /// The values that are in place, if they are a green thread's. Its address marks the block.
    static RUNNING: Cell<*const Own> = const { Cell::new(ptr::null()) };
}

/// The values of one green thread.
///
/// Invariant PLACE: while it is entered, its values are in the thread's block and those of the OS
/// thread are here; at any other time it is the other way round. It is entered and left on one OS
/// thread, by the hub, which runs one fiber at a time.
pub(super) struct Own {
    layout: &'static Layout,
    values: UnsafeCell<Box<[MaybeUninit<u8>]>>,
    /// Values that are to be dropped in the end, in the order in which they were made.
    destructors: Cell<Vec<Destructor>>,
}

/// A call that std or a C++ compiler has asked for, for when the thread ends.
#[derive(Clone, Copy)]
pub(super) struct Destructor {
    pub(super) function: unsafe extern "C" fn(*mut c_void),
    /// The variable, in the block of this OS thread.
    pub(super) variable: *mut c_void,
}

/// The address, in the calling thread, of a variable that is never swapped.
pub(super) fn anchor() -> usize {
    RUNNING.with(|running| ptr::from_ref(running).addr())
}

/// The green thread's values that are in place in the calling thread.
pub(super) fn running<'a>() -> Option<&'a Own> {
    // SAFETY: it is set by `enter` and taken back by `leave`, and those values are kept meanwhile by
    // their fiber, which runs. The caller is on that fiber, and does not keep the reference.
    unsafe { RUNNING.get().as_ref() }
}

impl Own {
    pub(super) fn new(layout: &'static Layout) -> Box<Self> {
        let values = layout.image.iter().map(|&byte| MaybeUninit::new(byte)).collect();
        Box::new(Own { layout, values: UnsafeCell::new(values), destructors: Cell::default() })
    }

    /// Puts the values into place. The caller is the hub.
    #[inline]
    pub(super) fn enter(&self) {
        debug_assert!(RUNNING.get().is_null());
        self.exchange();
        RUNNING.set(self);
    }

    /// Puts the OS thread's values back into place. The caller is the hub.
    #[inline]
    pub(super) fn leave(&self) {
        debug_assert!(ptr::eq(self, RUNNING.get()));
        RUNNING.set(ptr::null());
        self.exchange();
    }

    #[inline(never)]
    fn exchange(&self) {
        anything_may_change();
        let block: *mut MaybeUninit<u8> = ptr::with_exposed_provenance_mut(self.layout.block());
        // SAFETY: the ranges lie in the block of this thread, and one after the other in `values`,
        // which nobody else uses (PLACE). What is in the block is the program's, and code that uses
        // it does not run now: whatever fiber had it in use has been left, and will find it as it was.
        unsafe {
            let mut values = (*self.values.get()).as_mut_ptr();
            for range in &self.layout.ranges {
                swap(block.add(range.offset), values, range.length);
                values = values.add(range.length);
            }
        }
        anything_may_change();
    }

    /// Whether a green thread has what is at this address, in the calling thread's block, for itself.
    pub(super) fn has(&self, address: usize) -> bool {
        self.layout.is_swapped(address.wrapping_sub(self.layout.block()))
    }

    /// Notes what is to be called in the end.
    pub(super) fn push(&self, destructor: Destructor) {
        loop {
            let mut destructors = self.destructors.take();
            let n_destructors = destructors.len();
            if n_destructors < destructors.capacity() {
                destructors.push(destructor);
                self.destructors.set(destructors);
                return;
            }
            self.destructors.set(destructors);
            // The allocator is the program's, and may have thread-local variables, too.
            let mut larger = Vec::with_capacity((2 * n_destructors).max(8));
            let destructors = self.destructors.take();
            larger.extend_from_slice(&destructors);
            self.destructors.set(larger);
        }
    }

    /// Drops the values that are to be dropped, the last one first, and makes all what those of a new
    /// OS thread are. It is entered, and nothing on the stack of its green thread uses them.
    pub(super) fn destroy(&self) {
        while let Some(destructor) = self.pop() {
            // SAFETY: it is called once, as was asked for, with its variable in place.
            unsafe { (destructor.function)(destructor.variable) };
        }
        self.release_handle();
        self.begin_anew();
    }

    fn begin_anew(&self) {
        anything_may_change();
        let block: *mut u8 = ptr::with_exposed_provenance_mut(self.layout.block());
        let mut image = &self.layout.image[..];
        for range in &self.layout.ranges {
            let (of_range, rest) = image.split_at(range.length);
            // SAFETY: the range lies in the block of this thread. What is there is the green thread's
            // (PLACE), which is done with it.
            unsafe {
                let place = block.add(range.offset);
                ptr::copy_nonoverlapping(of_range.as_ptr(), place, range.length);
            }
            image = rest;
        }
        anything_may_change();
    }

    fn pop(&self) -> Option<Destructor> {
        let mut destructors = self.destructors.take();
        let last = destructors.pop();
        self.destructors.set(destructors);
        last
    }

    /// Releases the handle that `thread::current` has made for the green thread. For an OS thread std
    /// does so, after the destructors.
    fn release_handle(&self) {
        let address = self.layout.block() + self.layout.handle;
        // SAFETY: std keeps a word there (`Layout::find_handle`): null, or a handle.
        let word: usize = unsafe { ptr::with_exposed_provenance::<usize>(address).read() };
        if word == 0 {
            return;
        }
        const { assert!(size_of::<Thread>() == size_of::<usize>()) };
        let handle = thread::current();
        // SAFETY: std's own handle, of which this is a clone, will not be used again: the variable is
        // overwritten before anyone looks at it.
        let of_std = unsafe { ptr::read(&raw const handle) };
        drop((handle, of_std));
    }
}

/// Swaps as many bytes, most of them two words at a time.
///
/// # Safety
///
/// Both places have so many bytes, which are used by nobody else, and do not overlap.
#[inline(always)]
unsafe fn swap(one: *mut MaybeUninit<u8>, other: *mut MaybeUninit<u8>, length: usize) {
    type Word = MaybeUninit<u64>;
    const WORD: usize = size_of::<Word>();
    let (n_pairs, rest) = (length / (2 * WORD), length % (2 * WORD));
    // SAFETY: as demanded; words that may be uninitialised can be made of any bytes.
    unsafe {
        let (mut one_pair, mut other_pair) = (one.cast::<Word>(), other.cast::<Word>());
        for _ in 0..n_pairs {
            let (one_first, one_second) = read_pair(one_pair);
            let (other_first, other_second) = read_pair(other_pair);
            write_pair(one_pair, other_first, other_second);
            write_pair(other_pair, one_first, one_second);
            (one_pair, other_pair) = (one_pair.add(2), other_pair.add(2));
        }
        let (one, other) = (one_pair.cast(), other_pair.cast());
        if rest == WORD {
            swap_as::<Word>(one, other);
        } else {
            for i in 0..rest {
                swap_as::<MaybeUninit<u8>>(one.add(i), other.add(i));
            }
        }
    }
}

/// # Safety
///
/// As for [`swap`], of two words.
#[inline(always)]
unsafe fn read_pair<T>(pair: *mut T) -> (T, T) {
    // SAFETY: as demanded.
    unsafe { (pair.read_unaligned(), pair.add(1).read_unaligned()) }
}

/// # Safety
///
/// As for [`swap`], of two words.
#[inline(always)]
unsafe fn write_pair<T>(pair: *mut T, first: T, second: T) {
    // SAFETY: as demanded.
    unsafe {
        pair.write_unaligned(first);
        pair.add(1).write_unaligned(second);
    }
}

/// # Safety
///
/// As for [`swap`], of one `T`, which any bytes are.
#[inline(always)]
unsafe fn swap_as<T>(one: *mut MaybeUninit<u8>, other: *mut MaybeUninit<u8>) {
    let (one, other) = (one.cast::<T>(), other.cast::<T>());
    // SAFETY: as demanded.
    unsafe {
        let (first, second) = (one.read_unaligned(), other.read_unaligned());
        one.write_unaligned(second);
        other.write_unaligned(first);
    }
}

/// Keeps the compiler from moving accesses to thread-local variables to the other side.
#[inline(always)]
fn anything_may_change() {
    // SAFETY: there are no instructions. As far as the compiler knows, they use all memory.
    unsafe { asm!("", options(nostack, preserves_flags)) };
}
