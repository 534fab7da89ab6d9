//! What kind of mutex one is.

use std::mem;
use std::sync::atomic::{AtomicI32, Ordering};

use libc::pthread_mutex_t;

/// What matters of a mutex.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Who has it is of no account.
    Normal,
    /// Its owner may lock it several times.
    Recursive,
    /// Its owner may not, and nobody else may unlock it.
    Checked,
    /// It has a protocol, is robust, or belongs to several processes.
    Special,
}

const SIZE: usize = size_of::<pthread_mutex_t>();

/// Where the kind is: where two mutexes differ that differ in kind alone.
const KIND_AT: usize = {
    // SAFETY: they are values without padding, made of bytes or numbers.
    let [normal, recursive]: [[u8; SIZE]; 2] = unsafe {
        mem::transmute([
            libc::PTHREAD_MUTEX_INITIALIZER,
            libc::PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP,
        ])
    };
    let mut at = 0;
    while normal[at] == recursive[at] {
        at += 1;
    }
    at / align_of::<i32>() * align_of::<i32>()
};

/// Bits that say how fast it is to be, and not what it is.
const HINTS: i32 = 0x300;

impl Kind {
    /// # Safety
    ///
    /// There is a mutex.
    pub(super) unsafe fn of(mutex: *mut pthread_mutex_t) -> Kind {
        // SAFETY: the kind is an aligned number inside the mutex, and is changed as a whole.
        let kind = unsafe { AtomicI32::from_ptr(mutex.byte_add(KIND_AT).cast()) };
        match kind.load(Ordering::Relaxed) & !HINTS {
            libc::PTHREAD_MUTEX_NORMAL | libc::PTHREAD_MUTEX_ADAPTIVE_NP => Kind::Normal,
            libc::PTHREAD_MUTEX_RECURSIVE => Kind::Recursive,
            libc::PTHREAD_MUTEX_ERRORCHECK => Kind::Checked,
            _ => Kind::Special,
        }
    }

    /// Whether it knows its owner.
    pub(super) fn has_owner(self) -> bool {
        matches!(self, Kind::Recursive | Kind::Checked)
    }
}

/// Whether an OS thread has a mutex that is not this one; false where the C library does not tell.
///
/// # Safety
///
/// There is a mutex, which somebody has.
pub(super) unsafe fn is_of_another_os_thread(mutex: *mut pthread_mutex_t) -> bool {
    /// Two numbers before the kind, glibc notes the thread's id. It does so a moment after the lock,
    /// which this thread cannot see of itself.
    const OWNER_AT: usize = KIND_AT.wrapping_sub(2 * size_of::<i32>());
    if !cfg!(all(target_env = "gnu", target_pointer_width = "64")) {
        return false;
    }
    // SAFETY: there is an aligned number inside the mutex, which is changed as a whole.
    let owner = unsafe { AtomicI32::from_ptr(mutex.byte_add(OWNER_AT).cast()) };
    // SAFETY: the call has no conditions.
    owner.load(Ordering::Relaxed) != unsafe { libc::gettid() }
}
