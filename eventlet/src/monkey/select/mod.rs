//! Waiting for several descriptors: `poll`, `select`, `epoll_wait` and their like.
//!
//! The system is asked first what there is to say now. If that is nothing, the green thread parks until
//! something has happened to one of the descriptors, and the system is asked again: what the caller
//! sees is always what the system says.
//!
//! Signals end no green wait. The masks of `ppoll`, `pselect` and `epoll_pwait` hold whenever the system
//! is asked, which then happens often: a signal that such a mask lets through ends the wait soon after.

pub(super) mod epoll;
#[cfg(target_env = "gnu")]
pub(super) mod fortified;
mod limit;
pub(super) mod poll;
mod pretend;
pub(super) mod sets;
mod watch;

/// Finds the originals of all of them.
pub(super) fn find_all() {
    epoll::originals::find_all();
    #[cfg(target_env = "gnu")]
    fortified::originals::find_all();
    poll::originals::find_all();
    sets::originals::find_all();
}
