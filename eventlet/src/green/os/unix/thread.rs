//! What Unix adds to threads, as far as green threads have it; of [`std::os::unix::thread`].
//!
//! `JoinHandleExt` gives the `pthread_t` of a thread. A green thread has none, since it shares one
//! with all the others of its hub.

pub use std::os::unix::thread::RawPthread;
