//! The buffers of one call that reads or writes.

use std::ffi::c_int;

use libc::iovec;

/// So many buffers the system takes at once.
const MAX_BUFFERS: c_int = 1024;

/// Buffers that may be given to the system, to be read or written by one call. It refuses them if they
/// are no buffers.
#[derive(Clone, Copy)]
pub(super) struct Buffers {
    pub(super) first: *const iovec,
    pub(super) n: c_int,
}

impl Buffers {
    /// # Safety
    ///
    /// As long as this is used: there are so many, and they are what the caller of `readv` or `writev`
    /// has to give, unless the system would refuse them.
    pub(super) unsafe fn new(first: *const iovec, n: c_int) -> Self {
        Buffers { first, n }
    }

    /// The only one, if it is one.
    pub(super) fn single(self) -> Option<iovec> {
        // SAFETY: there is one, by the contract of `new`, if it is not refused.
        (self.n == 1 && !self.first.is_null()).then(|| unsafe { *self.first })
    }

    /// At most so many bytes of the first buffer that has any; none if the system would refuse them.
    pub(super) fn beginning(self, most: usize) -> Option<iovec> {
        if self.are_empty() {
            return None;
        }
        // SAFETY: as in `are_empty`.
        let buffers = unsafe { std::slice::from_raw_parts(self.first, self.n as usize) };
        let first = buffers.iter().find(|buffer| buffer.iov_len > 0)?;
        Some(iovec { iov_base: first.iov_base, iov_len: first.iov_len.min(most) })
    }

    /// Whether they have no room, or the system would refuse them.
    pub(super) fn are_empty(self) -> bool {
        if self.first.is_null() || !(0..=MAX_BUFFERS).contains(&self.n) {
            return true;
        }
        // SAFETY: there are so many, by the contract of `new`, and the system would not refuse that.
        let buffers = unsafe { std::slice::from_raw_parts(self.first, self.n as usize) };
        buffers.iter().all(|buffer| buffer.iov_len == 0)
    }
}

/// What is left of buffers.
pub(super) struct Rest {
    whole: Buffers,
    /// What is left of the first one, if that is not all of it.
    cut: Option<iovec>,
}

impl Rest {
    pub(super) fn new(whole: Buffers) -> Self {
        Rest { whole, cut: None }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.whole.n <= 0
    }

    /// What is to be given to the system next, for as long as this is not used otherwise.
    pub(super) fn next(&self) -> Buffers {
        match &self.cut {
            Some(cut) => Buffers { first: cut, n: 1 },
            None => self.whole,
        }
    }

    /// Takes `n` bytes away.
    ///
    /// # Safety
    ///
    /// The system has just moved so many bytes of what [`next`](Self::next) has said.
    pub(super) unsafe fn skip(&mut self, mut n: usize) {
        while !self.is_empty() {
            // SAFETY: the system has accepted the buffers, and at least one is left.
            let first = self.cut.take().unwrap_or_else(|| unsafe { *self.whole.first });
            if n < first.iov_len {
                let iov_base = first.iov_base.wrapping_byte_add(n);
                self.cut = Some(iovec { iov_base, iov_len: first.iov_len - n });
                return;
            }
            n -= first.iov_len;
            // SAFETY: one is left, so this is at most the end of them.
            self.whole.first = unsafe { self.whole.first.add(1) };
            self.whole.n -= 1;
        }
    }
}
