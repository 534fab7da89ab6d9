//! The report of a stack overflow in a green thread.
//!
//! Three parties handle SIGSEGV: std reports overflows of ordinary threads, the `generator` crate
//! installs a handler with its first generator (which spoils std's report, and "recovers" from
//! overflows by abandoning live frames), and this file. Ours is installed last. A fault in the
//! guard of the running green thread is reported and ends the process; for any other fault the
//! handler that was there before the generator's is put back and the faulting instruction runs
//! again, so that std, or whoever was there, reports as usual.

use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::ptr;

use super::ACTIVE;
use super::report::{RawText, who};

const SIGNALS: [libc::c_int; 2] = [libc::SIGSEGV, libc::SIGBUS];

/// The actions from before the first generator, in the order of `SIGNALS`.
struct Saved(UnsafeCell<[MaybeUninit<libc::sigaction>; 2]>);

// SAFETY: written once by `install`, which `prepare_process` runs once, before the handler that
// reads it is installed.
unsafe impl Sync for Saved {}

static SAVED: Saved = Saved(UnsafeCell::new([MaybeUninit::zeroed(); 2]));

/// Installs the handler; `first_generator` makes the generator crate install its own in between.
pub(super) fn install(first_generator: impl FnOnce()) {
    for (index, signal) in SIGNALS.into_iter().enumerate() {
        // SAFETY: reads the current action into our static, which nobody else uses yet.
        unsafe {
            let slot = &mut (*SAVED.0.get())[index];
            libc::sigaction(signal, ptr::null(), slot.as_mut_ptr());
        }
    }
    first_generator();
    // SAFETY: an all-zero action is valid; mask and handler are set before it is installed.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
        action.sa_sigaction = on_fault as *const () as libc::sighandler_t;
        libc::sigemptyset(&raw mut action.sa_mask);
        for signal in SIGNALS {
            libc::sigaction(signal, &raw const action, ptr::null_mut());
        }
    }
}

/// Runs on the alternate signal stack and calls nothing that is not async-signal-safe.
unsafe extern "C" fn on_fault(
    signal: libc::c_int,
    info: *mut libc::siginfo_t,
    _context: *mut libc::c_void,
) {
    // SAFETY: the kernel passes valid information with SA_SIGINFO; `ACTIVE` is a constant-
    // initialised thread-local, null or the running coroutine's control block (CONTROL).
    let (address, control) = unsafe { ((*info).si_addr().addr(), ACTIVE.get().as_ref()) };
    if let Some(control) = control
        && control.stack.guard().contains(&address)
    {
        let mut text = RawText::new();
        text.push("\nthread '");
        who(control, &mut text);
        text.push("' (green) has overflowed its stack\nits stack has ");
        text.push_number(control.stack.size().bytes() as u64);
        text.push(
            " bytes: give it more with Builder::stack_size, \
             #[green(spawn, stack_size = \"1MiB\")] or EVENTLET_STACK_SIZE\n",
        );
        text.write_to_stderr();
        // SAFETY: ends the process.
        unsafe { libc::abort() }
    }
    if let Some(index) = SIGNALS.iter().position(|&known| known == signal) {
        // SAFETY: `install` filled the slot before this handler existed.
        unsafe {
            let saved = (&*SAVED.0.get())[index].as_ptr();
            libc::sigaction(signal, saved, ptr::null_mut());
        }
    }
}

/// Gives this thread an alternate signal stack if it has none.
///
/// Threads started by std have one; threads started by C code do not, and there an overflow
/// could not be reported.
pub(super) fn ensure_alternate_stack() {
    const SIZE: usize = 64 * 1024;
    // SAFETY: asks for, and perhaps sets, this thread's alternate stack; the memory is leaked, so
    // it outlives the thread.
    unsafe {
        let mut current: libc::stack_t = std::mem::zeroed();
        if libc::sigaltstack(ptr::null(), &raw mut current) != 0
            || current.ss_flags & libc::SS_DISABLE == 0
        {
            return;
        }
        let memory = Box::leak(vec![0_u8; SIZE].into_boxed_slice());
        let wanted =
            libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: SIZE };
        libc::sigaltstack(&raw const wanted, ptr::null_mut());
    }
}
