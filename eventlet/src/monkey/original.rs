//! The C library's own functions, as if nothing were patched.

pub use super::socket::receive::originals::*;
pub use super::time::originals::*;

/// Finds all of them.
pub(super) fn find_all() {
    super::socket::receive::originals::find_all();
    super::time::originals::find_all();
}
