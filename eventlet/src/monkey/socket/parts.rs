//! What is left of a message after a part of it has been moved.

use libc::{iovec, msghdr, size_t};

/// The system takes no more buffers.
const MAX_BUFFERS: usize = 1024;

/// The buffers of a message.
///
/// # Safety
///
/// The message is one that the system would accept, or has more buffers than that.
unsafe fn buffers(message: &msghdr) -> &[iovec] {
    let n_buffers: usize = message.msg_iovlen as _;
    if message.msg_iov.is_null() || n_buffers > MAX_BUFFERS {
        return &[];
    }
    // SAFETY: the message has so many.
    unsafe { std::slice::from_raw_parts(message.msg_iov, n_buffers) }
}

/// How many bytes a message has room for.
///
/// # Safety
///
/// As for [`buffers`].
pub(super) unsafe fn length(message: &msghdr) -> size_t {
    // SAFETY: the caller's.
    let buffers = unsafe { buffers(message) };
    buffers.iter().fold(0, |length: size_t, buffer| length.saturating_add(buffer.iov_len))
}

/// A message whose first bytes have been moved, and with them all that it has besides bytes.
pub(super) struct Rest {
    /// What `message` points to.
    buffers: Vec<iovec>,
    message: msghdr,
}

impl Rest {
    /// # Safety
    ///
    /// The message is one that the system has just accepted.
    pub(super) unsafe fn new(message: &msghdr, mut n_moved: size_t) -> Self {
        let mut rest = Vec::new();
        // SAFETY: the caller's.
        for &iovec { iov_base, iov_len } in unsafe { buffers(message) } {
            let n_gone = n_moved.min(iov_len);
            n_moved -= n_gone;
            if n_gone < iov_len {
                let iov_base = iov_base.wrapping_byte_add(n_gone);
                rest.push(iovec { iov_base, iov_len: iov_len - n_gone });
            }
        }
        // SAFETY: zeroes are valid, and mean that there is nothing.
        Rest { buffers: rest, message: unsafe { std::mem::zeroed() } }
    }

    pub(super) fn message(&mut self) -> &mut msghdr {
        self.message.msg_iov = self.buffers.as_mut_ptr();
        self.message.msg_iovlen = self.buffers.len() as _;
        &mut self.message
    }
}
