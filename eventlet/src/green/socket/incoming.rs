//! Listeners as iterators.

use std::io;
use std::os::fd::AsFd;

use crate::greenio::Source;

/// The connection that was just accepted; none if the listener was closed. An iterator that went
/// on with errors would keep a loop busy that skips them.
pub(crate) fn next_of<L: AsFd, S, A>(
    listener: &Source<L>,
    accepted: io::Result<(S, A)>,
) -> Option<io::Result<S>> {
    match accepted {
        Err(_) if listener.is_closed() => None,
        accepted => Some(accepted.map(|(stream, _peer)| stream)),
    }
}
