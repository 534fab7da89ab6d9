//! The C library's own functions, as if nothing were patched.

pub use super::dns::addresses::originals::*;
pub use super::dns::hosts::originals::*;
pub use super::dns::names::originals::*;
pub use super::os::close::originals::*;
#[cfg(target_env = "gnu")]
pub use super::os::fortified::originals::*;
pub use super::os::lock::originals::*;
pub use super::os::read::originals::*;
pub use super::os::sendfile::originals::*;
#[cfg(target_pointer_width = "64")]
pub use super::os::sendfile::plain::originals::*;
pub use super::os::splice::originals::*;
pub use super::os::write::originals::*;
pub use super::select::epoll::originals::*;
#[cfg(target_env = "gnu")]
pub use super::select::fortified::originals::*;
pub use super::select::poll::originals::*;
pub use super::select::sets::originals::*;
pub use super::socket::accept::originals::*;
pub use super::socket::connect::originals::*;
pub use super::socket::receive::originals::*;
pub use super::socket::receive_many::originals::*;
pub use super::socket::send::originals::*;
pub use super::socket::send_many::originals::*;
pub use super::subprocess::shell::originals::*;
pub use super::subprocess::wait::originals::*;
pub use super::subprocess::waitid::originals::*;
pub use super::thread::join::originals::*;
#[cfg(target_env = "gnu")]
pub use super::thread::pthread::{
    barrier::originals::*, clocks::originals::*, condition::originals::*, mutex::originals::*,
    rwlock::originals::*, semaphore::originals::*,
};
pub use super::thread::system::originals::*;
pub use super::time::originals::*;

/// Finds all of them.
pub(super) fn find_all() {
    super::dns::find_all();
    super::os::find_all();
    super::select::find_all();
    super::socket::find_all();
    super::subprocess::find_all();
    super::thread::find_all();
    super::time::originals::find_all();
}
