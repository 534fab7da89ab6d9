//! Monkey patching: the C functions that std and C libraries call to wait, defined anew.
//!
//! ```text
//!   std, crates, C libraries ──► recv (ours, by its C name)
//!                                  │ is the category patched, and the program running under a hub?
//!                          no ◄────┴────► yes
//!            `original::recv`              `socket::recv`: try without waiting, park, try again
//!         (the C library's own)
//! ```
//!
//! The linker binds every call in the executable to these definitions, since they come before the C
//! library, and exports them, so that shared libraries are bound to them, too. [`define`] has the
//! macro that makes them: the exported function, which decides, and the original, found by `dlsym`.
//!
//! What a patched call does is what the kernel would have done: the same results, errors and partial
//! counts. It tries without waiting, by a flag of the call where there is one; only then does it park
//! (`wait`). Nothing unwinds through the frames of a caller that may be C: what is thrown at a green
//! thread in a patched call makes the call fail, and is raised at the next wait in the library.

#[cfg(target_feature = "crt-static")]
compile_error!(
    "the feature `monkey-patch` needs the C library as a shared library: \
     build with `-C target-feature=-crt-static`"
);

#[macro_use]
mod define;
mod call;
mod dns;
mod elsewhere;
mod errno;
mod facts;
mod fork;
pub(crate) mod locals;
mod next;
pub mod original;
mod os;
pub(crate) mod patches;
mod select;
mod socket;
mod subprocess;
mod thread;
mod time;
mod wait;
