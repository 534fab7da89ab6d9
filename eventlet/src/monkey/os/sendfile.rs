//! `sendfile`, with which `std::io::copy` sends files to sockets and pipes.
//!
//! The system offers no way to send only what need not wait, so files are read and written instead.

use std::ffi::c_int;
use std::os::fd::RawFd;

use libc::{iovec, off64_t, size_t, ssize_t};

use super::buffers::Buffers;
use super::kind::{self, Kind};
use super::stream;
use super::transfer::transfer;
use crate::hub::Direction;
use crate::monkey::{errno, patches};
use crate::patcher::category::Category;

patched! {
    /// Sends a part of a file.
    [Os | Socket] fn sendfile64(
        to: c_int,
        from: c_int,
        offset: *mut off64_t,
        length: size_t,
    ) -> ssize_t => send_file;
}

/// The name of the same function where offsets have 64 bits anyway.
#[cfg(target_pointer_width = "64")]
pub(in crate::monkey) mod plain {
    use super::*;

    patched! {
        /// Sends a part of a file.
        [Os | Socket] fn sendfile(
            to: c_int,
            from: c_int,
            offset: *mut off64_t,
            length: size_t,
        ) -> ssize_t => send_file;
    }
}

/// So much is read at a time.
const CHUNK: usize = 1 << 16;

/// The system sends no more in one call.
const MOST: usize = 0x7fff_f000;

type Write = fn(RawFd, &mut [u8]) -> ssize_t;

unsafe fn send_file(to: c_int, from: c_int, offset: *mut off64_t, length: size_t) -> ssize_t {
    let sink = kind::look(to);
    let waits = match sink {
        Kind::Disk => false,
        Kind::Socket => patches::has(Category::Socket),
        Kind::Stream => patches::has(Category::Os),
    };
    if !waits || kind::look(from) != Kind::Disk {
        // SAFETY: the caller keeps the contract of the C function, here and below.
        return unsafe { originals::sendfile64(to, from, offset, length) };
    }
    // Of what a pipe has no room for, the system sends nothing.
    let (write, most): (Write, _) =
        if sink == Kind::Stream { (write_some, CHUNK) } else { (write_all, MOST) };
    errno::kept_on_success(|| {
        // SAFETY: as above.
        match unsafe { offset.as_mut() } {
            Some(offset) => send_from(to, from, offset, length.min(most), write),
            None => send_from_position(to, from, length.min(most), write),
        }
    })
}

/// Sends from where the file's position is, and moves it.
fn send_from_position(to: RawFd, from: RawFd, length: usize, write: Write) -> ssize_t {
    // SAFETY: the call takes no pointers, here and below.
    let mut offset = unsafe { libc::lseek64(from, 0, libc::SEEK_CUR) };
    if offset < 0 {
        return -1;
    }
    let result = send_from(to, from, &mut offset, length, write);
    if result > 0 {
        // SAFETY: as above.
        unsafe { libc::lseek64(from, offset, libc::SEEK_SET) };
    }
    result
}

/// Sends from an offset, and adds to it what has been sent.
fn send_from(to: RawFd, from: RawFd, offset: &mut off64_t, length: usize, write: Write) -> ssize_t {
    let mut chunk = vec![0u8; CHUNK.min(length)];
    let mut n_sent = 0;
    while n_sent < length {
        let n_wanted = chunk.len().min(length - n_sent);
        // SAFETY: the chunk has so much room.
        let n_read = unsafe { libc::pread64(from, chunk.as_mut_ptr().cast(), n_wanted, *offset) };
        let n_written = if n_read > 0 { write(to, &mut chunk[..n_read as usize]) } else { n_read };
        if n_written > 0 {
            n_sent += n_written as usize;
            *offset += n_written as off64_t;
        }
        if n_written < 0 && n_sent == 0 {
            return n_written;
        }
        if n_written < n_wanted as ssize_t {
            break;
        }
    }
    n_sent as ssize_t
}

fn write_all(to: RawFd, bytes: &mut [u8]) -> ssize_t {
    let buffer = iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
    // SAFETY: the buffer is valid until it has been written.
    transfer(to, Direction::Write, unsafe { Buffers::new(&raw const buffer, 1) })
}

fn write_some(to: RawFd, bytes: &mut [u8]) -> ssize_t {
    let buffer = iovec { iov_base: bytes.as_mut_ptr().cast(), iov_len: bytes.len() };
    // SAFETY: as above.
    stream::transfer_some(to, Direction::Write, unsafe { Buffers::new(&raw const buffer, 1) })
}
