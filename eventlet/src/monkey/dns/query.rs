//! What the older functions are asked, and how the originals answer.

use std::ffi::{CString, c_char, c_int, c_void};
use std::mem::zeroed;
use std::ptr::null_mut;

use libc::{hostent, in6_addr, size_t, socklen_t};

use super::addresses::is_address;
use super::host::Host;
use super::hosts::originals;
use crate::monkey::{elsewhere, errno};

/// What `h_errno` is if `errno` says more.
pub(super) const NETDB_INTERNAL: c_int = -1;
/// What it is if one may find out later.
pub(super) const TRY_AGAIN: c_int = 2;

/// So large a buffer is offered first, and at most.
const FIRST_SIZE: usize = 1 << 10;
const LAST_SIZE: usize = 1 << 20;

pub(super) enum Query {
    Name(CString),
    NameOf(CString, c_int),
    /// The bytes, how many of them, and the family.
    Address([u8; size_of::<in6_addr>()], socklen_t, c_int),
}

/// Nothing was found.
#[derive(Clone, Copy)]
pub(super) struct Failure {
    /// What the reentrant function returns, which may be success.
    pub(super) status: c_int,
    pub(super) errno: c_int,
    pub(super) h_errno: c_int,
}

impl Failure {
    /// Sets `errno`, if it says anything.
    pub(super) fn tell(self) {
        if self.status != 0 {
            errno::set(self.errno);
        }
    }
}

impl Query {
    /// The original's answer, found on the native thread pool if somebody has to be asked.
    pub(super) fn answer(self) -> Result<Host, Failure> {
        if self.is_numeric() {
            return self.ask();
        }
        elsewhere::on_pool(move || self.ask())
            .unwrap_or_else(|errno| Err(Failure { status: errno, errno, h_errno: TRY_AGAIN }))
    }

    fn is_numeric(&self) -> bool {
        match self {
            Query::Name(name) | Query::NameOf(name, _) => is_address(name),
            Query::Address(..) => false,
        }
    }

    fn ask(&self) -> Result<Host, Failure> {
        let mut size = FIRST_SIZE;
        loop {
            let mut buffer: Vec<c_char> = vec![0; size];
            // SAFETY: an all-zero structure is valid.
            let mut entry: hostent = unsafe { zeroed() };
            let (mut found, mut h_errno) = (null_mut(), 0);
            let status = self.call(&mut entry, &mut buffer, &mut found, &mut h_errno);
            // SAFETY: it is null or points to the entry, which has been filled.
            if let Some(found) = unsafe { found.as_ref() } {
                // SAFETY: as above, and the buffer still exists.
                return Ok(unsafe { Host::copy(found) });
            }
            if status != libc::ERANGE || size >= LAST_SIZE {
                return Err(Failure { status, errno: errno::get(), h_errno });
            }
            size *= 4;
        }
    }

    fn call(
        &self,
        entry: &mut hostent,
        buffer: &mut [c_char],
        found: &mut *mut hostent,
        h_errno: &mut c_int,
    ) -> c_int {
        let (text, length): (_, size_t) = (buffer.as_mut_ptr(), buffer.len());
        // SAFETY: names are strings, the address and the buffer are as long as is said, and there is
        // place for the answers.
        unsafe {
            match self {
                Query::Name(name) => {
                    originals::gethostbyname_r(name.as_ptr(), entry, text, length, found, h_errno)
                }
                Query::NameOf(name, family) => originals::gethostbyname2_r(
                    name.as_ptr(),
                    *family,
                    entry,
                    text,
                    length,
                    found,
                    h_errno,
                ),
                Query::Address(address, n_bytes, family) => originals::gethostbyaddr_r(
                    address.as_ptr().cast::<c_void>(),
                    *n_bytes,
                    *family,
                    entry,
                    text,
                    length,
                    found,
                    h_errno,
                ),
            }
        }
    }
}
