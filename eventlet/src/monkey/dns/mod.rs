//! Names of hosts.
//!
//! The original looks them up, on the native thread pool: how that is done is configured, and may be
//! code of others. What the caller has passed is copied for it, and what is found is copied back. So a
//! green thread that is killed or times out can go on at once; the call in the pool ends when it does,
//! and what it finds is dropped. What can be answered without asking anybody is answered in place.
//!
//! Of the C library's resolver only these functions are patched: `res_query` and its like block.

pub(super) mod addresses;
mod host;
pub(super) mod hosts;
pub(super) mod names;
mod query;

/// Finds the originals of all of them.
pub(super) fn find_all() {
    addresses::originals::find_all();
    hosts::originals::find_all();
    names::originals::find_all();
}
