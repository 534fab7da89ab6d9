//! Doing something once, whoever comes first.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use crate::hub::{self, Hub};
use crate::lot::{self, Key, Place};

/// Nobody has begun.
const INCOMPLETE: u32 = 0;
/// Somebody has begun, and unwound.
const POISONED: u32 = 1;
/// Somebody is at it.
const RUNNING: u32 = 2;
/// It is done, and nothing changes any more.
const COMPLETE: u32 = 3;
/// Added to the others while somebody may wait in the lot.
const AWAITED: u32 = 4;

/// The runner of a [`Once`] that nobody runs.
const NOBODY: u64 = 0;

/// Something that is done once, by whoever comes first; std's [`Once`](std::sync::Once).
///
/// Those who come meanwhile wait: green threads of any hub park, and so do OS threads. If the one who
/// does it panics, is killed, or times out, the `Once` is poisoned, as in std.
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::Once;
/// use eventlet::green::{thread, time::Duration};
///
/// static START: Once = Once::new();
///
/// let callers: Vec<_> = (0..3)
///     .map(|_| {
///         thread::spawn(|| {
///             // It may wait: the others wait for it.
///             START.call_once(|| thread::sleep(Duration::from_millis(1)));
///             assert!(START.is_completed());
///         })
///     })
///     .collect();
/// callers.into_iter().for_each(|caller| caller.join().unwrap());
/// ```
pub struct Once {
    /// How it stands. Those who wait do so at its address in the lot.
    state: AtomicU32,
    /// Who runs the closure, so that one who waits for himself is told so.
    runner: AtomicU64,
}

/// What the closure of [`Once::call_once_force`] is told; std's [`OnceState`](std::sync::OnceState).
///
/// # Examples
///
/// ```
/// use eventlet::green::sync::Once;
///
/// Once::new().call_once_force(|state| assert!(!state.is_poisoned()));
/// ```
pub struct OnceState {
    is_poisoned: bool,
    /// Not to be shared between OS threads, as in std.
    _not_sync: PhantomData<Cell<()>>,
}

/// A new [`Once`]; std's [`ONCE_INIT`](std::sync::ONCE_INIT).
///
/// # Examples
///
/// ```
/// #![allow(deprecated)]
///
/// use eventlet::green::sync::{ONCE_INIT, Once};
///
/// static START: Once = ONCE_INIT;
/// START.call_once(|| ());
/// ```
#[allow(clippy::declare_interior_mutable_const, reason = "std has it so")]
#[deprecated(since = "1.38.0", note = "the `Once::new()` function is now preferred")]
pub const ONCE_INIT: Once = Once::new();

impl Once {
    /// One that nobody has called.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::Once;
    ///
    /// assert!(!Once::new().is_completed());
    /// ```
    #[allow(clippy::new_without_default, reason = "std's has no default")]
    #[must_use]
    pub const fn new() -> Once {
        Once { state: AtomicU32::new(INCOMPLETE), runner: AtomicU64::new(NOBODY) }
    }

    /// One whose closure has been called.
    pub(super) const fn completed() -> Once {
        Once { state: AtomicU32::new(COMPLETE), runner: AtomicU64::new(NOBODY) }
    }

    /// Calls `f` if nobody has called this before, and otherwise waits until whoever did is done.
    ///
    /// # Panics
    ///
    /// Panics if an earlier call has unwound, and if `f` leads back here: std would wait for ever.
    ///
    /// # Switching
    ///
    /// Switches while someone else is at it, even while the caller unwinds, and where `f` does.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::Once;
    ///
    /// let (once, mut n_calls) = (Once::new(), 0);
    /// once.call_once(|| n_calls += 1);
    /// once.call_once(|| n_calls += 1);
    /// assert_eq!(n_calls, 1);
    /// ```
    #[inline]
    #[track_caller]
    pub fn call_once<F>(&self, f: F)
    where
        F: FnOnce(),
    {
        if !self.is_completed() {
            self.call(false, |_| f());
        }
    }

    /// Like [`call_once`](Once::call_once), but an earlier call that has unwound is made good by this
    /// one.
    ///
    /// # Panics
    ///
    /// Panics if `f` leads back here.
    ///
    /// # Switching
    ///
    /// As [`call_once`](Once::call_once).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::panic::catch_unwind;
    /// use eventlet::green::sync::Once;
    ///
    /// static START: Once = Once::new();
    /// assert!(catch_unwind(|| START.call_once(|| panic!("no luck"))).is_err());
    /// START.call_once_force(|state| assert!(state.is_poisoned()));
    /// assert!(START.is_completed());
    /// ```
    #[inline]
    #[track_caller]
    pub fn call_once_force<F>(&self, f: F)
    where
        F: FnOnce(&OnceState),
    {
        if !self.is_completed() {
            self.call(true, f);
        }
    }

    /// Whether a call has been made and has returned.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::Once;
    ///
    /// let once = Once::new();
    /// once.call_once(|| assert!(!once.is_completed()));
    /// assert!(once.is_completed());
    /// ```
    #[inline]
    pub fn is_completed(&self) -> bool {
        self.state.load(Ordering::Acquire) == COMPLETE
    }

    /// Waits until someone has called this and is done.
    ///
    /// # Panics
    ///
    /// Panics if such a call has unwound, and if the caller is the one who makes it.
    ///
    /// # Switching
    ///
    /// Switches unless it is done, even while the caller unwinds.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::Once;
    ///
    /// static READY: Once = Once::new();
    /// eventlet::spawn(|| READY.call_once(|| ()));
    /// READY.wait();
    /// ```
    #[track_caller]
    pub fn wait(&self) {
        self.wait_until_complete(false);
    }

    /// Like [`wait`](Once::wait), but goes on waiting after a call has unwound.
    ///
    /// # Panics
    ///
    /// Panics if the caller is the one who is at it.
    ///
    /// # Switching
    ///
    /// As [`wait`](Once::wait).
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::Once;
    ///
    /// static READY: Once = Once::new();
    /// eventlet::spawn(|| READY.call_once(|| panic!("no luck")));
    /// eventlet::spawn(|| READY.call_once_force(|_| ()));
    /// READY.wait_force();
    /// ```
    #[track_caller]
    pub fn wait_force(&self) {
        self.wait_until_complete(true);
    }

    #[cold]
    #[track_caller]
    fn call(&self, may_be_poisoned: bool, f: impl FnOnce(&OnceState)) {
        loop {
            let state = self.state.load(Ordering::Acquire);
            match state & !AWAITED {
                COMPLETE => return,
                POISONED if !may_be_poisoned => poisoned(),
                RUNNING => self.wait_while(|state| state == RUNNING),
                before => {
                    let running = RUNNING | state & AWAITED;
                    let (success, failure) = (Ordering::Acquire, Ordering::Relaxed);
                    let taken = self.state.compare_exchange_weak(state, running, success, failure);
                    if taken.is_ok() {
                        return self.run(before == POISONED, f);
                    }
                }
            }
        }
    }

    fn run(&self, is_poisoned: bool, f: impl FnOnce(&OnceState)) {
        self.runner.store(caller(), Ordering::Relaxed);
        let mut turn = Turn { once: self, ends_as: POISONED };
        f(&OnceState { is_poisoned, _not_sync: PhantomData });
        turn.ends_as = COMPLETE;
    }

    #[track_caller]
    fn wait_until_complete(&self, may_be_poisoned: bool) {
        loop {
            match self.state.load(Ordering::Acquire) & !AWAITED {
                COMPLETE => return,
                POISONED if !may_be_poisoned => poisoned(),
                _ => self.wait_while(|state| {
                    state != COMPLETE && (may_be_poisoned || state != POISONED)
                }),
            }
        }
    }

    /// Waits, while it stands so, until someone has done it or has unwound.
    #[track_caller]
    fn wait_while(&self, lasts: impl Fn(u32) -> bool) {
        assert!(
            self.runner.load(Ordering::Relaxed) != caller(),
            "a Once was reached again from inside its own closure, and would wait for itself"
        );
        let may_wait = || {
            let note = |state| lasts(state & !AWAITED).then_some(state | AWAITED);
            self.state.fetch_update(Ordering::AcqRel, Ordering::Relaxed, note).is_ok()
        };
        // Whoever is woken has been given nothing that he could have to pass on.
        lot::wait(Place::new(Key::of(&self.state), "a Once"), may_wait, |_was_woken| ());
    }
}

/// The turn of the one who runs the closure.
struct Turn<'a> {
    once: &'a Once,
    ends_as: u32,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let once = self.once;
        once.runner.store(NOBODY, Ordering::Relaxed);
        if once.state.swap(self.ends_as, Ordering::AcqRel) & AWAITED != 0 {
            lot::wake_all(Key::of(&once.state), || ());
        }
    }
}

#[cold]
#[track_caller]
fn poisoned() -> ! {
    panic!("Once instance has previously been poisoned")
}

/// A number for the green thread or the main context that makes this call, which nobody else who lives
/// has. It makes no hub.
fn caller() -> u64 {
    thread_local! {
        /// Its address stands for the main context, and is even.
        static MAIN: u16 = const { 0 };
    }
    match hub::try_with(Hub::current_green_id).flatten() {
        Some(id) => id << 1 | 1,
        None => MAIN.with(|main| ptr::from_ref(main).addr() as u64),
    }
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once").finish_non_exhaustive()
    }
}

impl OnceState {
    /// Whether an earlier call has unwound.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::sync::Once;
    ///
    /// Once::new().call_once_force(|state| assert!(!state.is_poisoned()));
    /// ```
    #[inline]
    pub fn is_poisoned(&self) -> bool {
        self.is_poisoned
    }
}

impl fmt::Debug for OnceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceState").field("poisoned", &self.is_poisoned()).finish()
    }
}
