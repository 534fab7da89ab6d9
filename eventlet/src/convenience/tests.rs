//! What the errors of `accept` mean for a server.

use std::io::{Error, ErrorKind};

use super::accept::AcceptError;

fn of_code(code: libc::c_int) -> AcceptError {
    AcceptError::classify(&Error::from_raw_os_error(code))
}

#[test]
fn a_connection_that_was_aborted_is_skipped() {
    for code in [libc::ECONNABORTED, libc::ECONNRESET, libc::EPROTO, libc::EHOSTUNREACH] {
        assert_eq!(of_code(code), AcceptError::OneConnection);
    }
}

#[test]
fn exhaustion_passes() {
    for code in [libc::EMFILE, libc::ENFILE, libc::ENOBUFS, libc::ENOMEM] {
        assert_eq!(of_code(code), AcceptError::Exhausted);
    }
    // No stack for another green thread.
    let no_stack = Error::new(ErrorKind::OutOfMemory, "no stack");
    assert_eq!(AcceptError::classify(&no_stack), AcceptError::Exhausted);
}

#[test]
fn a_listener_that_is_closed_or_broken_ends_the_server() {
    let closed = Error::new(ErrorKind::NotConnected, "closed");
    assert_eq!(AcceptError::classify(&closed), AcceptError::Closed);
    for code in [libc::EBADF, libc::EINVAL, libc::ENOTSOCK] {
        assert_eq!(of_code(code), AcceptError::Fatal);
    }
}
