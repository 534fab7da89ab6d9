//! The system call `futex`: what std's locks and parking_lot's wait with.

mod parker;
mod wait;
mod wake;

use std::ffi::{c_int, c_long};

use super::system::originals;
use crate::hub;
use crate::lot::{Foreign, Key};

/// One call, as it was made.
pub(super) struct Call {
    arguments: [c_long; 6],
}

/// The part of the second argument that says what is to be done.
const COMMAND: c_int = !(libc::FUTEX_PRIVATE_FLAG | libc::FUTEX_CLOCK_REALTIME);

impl Call {
    pub(super) fn new(arguments: [c_long; 6]) -> Self {
        Call { arguments }
    }

    fn operation(&self) -> c_int {
        self.arguments[1] as c_int
    }

    fn command(&self) -> c_int {
        self.operation() & COMMAND
    }

    /// Whether only this process uses the word.
    fn is_private(&self) -> bool {
        self.operation() & libc::FUTEX_PRIVATE_FLAG != 0
    }

    /// Where the word is.
    fn address(&self) -> usize {
        self.arguments[0] as usize
    }

    /// Where the second word is, of calls that have one.
    fn second_address(&self) -> usize {
        self.arguments[4] as usize
    }

    /// What the word is expected to be, or how many are to be woken.
    fn value(&self) -> u32 {
        self.arguments[2] as u32
    }

    /// Which of those who wait are meant.
    fn mask(&self) -> u32 {
        match self.command() {
            libc::FUTEX_WAIT_BITSET | libc::FUTEX_WAKE_BITSET => self.arguments[5] as u32,
            _ => !0,
        }
    }

    fn key(&self) -> Key {
        Key::of_foreign(Foreign::Futex, self.address())
    }

    /// The same with another value.
    fn with_value(&self, value: usize) -> Call {
        let mut arguments = self.arguments;
        arguments[2] = value as c_long;
        Call { arguments }
    }

    /// Makes the call.
    ///
    /// # Safety
    ///
    /// As for the system call.
    unsafe fn make(&self) -> c_long {
        let [a, b, c, d, e, f] = self.arguments;
        // SAFETY: as demanded.
        unsafe { originals::syscall(libc::SYS_futex, a, b, c, d, e, f) }
    }
}

/// Does what the call asks for.
///
/// # Safety
///
/// As for the system call; and the word of a wait can be read, or is at an address where no word is.
pub(super) unsafe fn call(call: &Call) -> c_long {
    // SAFETY: the caller keeps the contract of the system call.
    unsafe {
        match call.command() {
            libc::FUTEX_WAIT | libc::FUTEX_WAIT_BITSET if hub::is_program() => wait::wait(call),
            libc::FUTEX_WAKE | libc::FUTEX_WAKE_BITSET => wake::wake(call),
            libc::FUTEX_REQUEUE | libc::FUTEX_CMP_REQUEUE => wake::requeue(call),
            libc::FUTEX_WAKE_OP => wake::wake_both(call),
            _ => call.make(),
        }
    }
}
