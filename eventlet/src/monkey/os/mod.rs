//! Reading, writing and closing descriptors of any kind.
//!
//! Most calls need nothing here: `dup`, `pipe`, `pipe2`, `open` and `fcntl` make descriptors, and set
//! them up, without waiting for anyone. So do `pread` and `pwrite`: what one waits for has no offsets.

mod at_once;
mod buffers;
pub(super) mod close;
#[cfg(target_env = "gnu")]
pub(super) mod fortified;
mod kind;
pub(super) mod read;
mod stream;
mod transfer;
pub(super) mod write;
