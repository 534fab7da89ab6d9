//! OS threads: waiting for their end, and locks, conditions and their like.
//!
//! ```text
//!   std, parking_lot, crossbeam ──► syscall(SYS_futex, ..)      C ──► pthread_mutex_lock, ..
//!                                       │
//!                    wait ◄─────────────┴─────────────► wake
//!       a green thread joins a line of the lot      whoever makes the call: those of the lot and those
//!       an OS thread without a hub: the kernel's    of the kernel, together as many as are to be woken
//! ```
//!
//! Who waits is always the same green thread that a lock belongs to, so nothing that is thrown at it
//! ends the wait: the code above would not know that it has no lock. It is raised at the next wait in
//! the library. Timed waits end at their time.
//!
//! The wakes of OS threads without a hub count as well, so `syscall` looks for green threads wherever it
//! is called, as long as there are any that wait ([`waiting`]).

mod apart;
mod futex;
pub(super) mod join;
#[cfg(target_env = "gnu")]
pub(super) mod pthread;
pub(super) mod system;
mod waiting;

/// Finds the originals of all of them.
pub(super) fn find_all() {
    join::originals::find_all();
    #[cfg(target_env = "gnu")]
    pthread::find_all();
    system::originals::find_all();
}
