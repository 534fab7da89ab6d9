//! Reading, writing and closing descriptors of any kind, and locking files.
//!
//! Most calls need nothing here: `dup`, `pipe`, `pipe2`, `open` and `fcntl` make descriptors, and set
//! them up, without waiting for anyone. So do `pread` and `pwrite`: what one waits for has no offsets.

mod at_once;
mod buffers;
pub(super) mod close;
#[cfg(target_env = "gnu")]
pub(super) mod fortified;
mod kind;
pub(super) mod lock;
pub(super) mod read;
pub(super) mod sendfile;
pub(super) mod splice;
mod stream;
mod transfer;
pub(super) mod write;

/// Finds the originals of all of them.
pub(super) fn find_all() {
    close::originals::find_all();
    #[cfg(target_env = "gnu")]
    fortified::originals::find_all();
    lock::originals::find_all();
    read::originals::find_all();
    sendfile::originals::find_all();
    #[cfg(target_pointer_width = "64")]
    sendfile::plain::originals::find_all();
    splice::originals::find_all();
    write::originals::find_all();
}
