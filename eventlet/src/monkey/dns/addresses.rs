//! `getaddrinfo`.

use std::ffi::{CStr, CString, c_char, c_int};
use std::mem::{self, zeroed};
use std::net::IpAddr;
use std::ptr::{from_ref, null, null_mut};

use libc::addrinfo;

use crate::monkey::{elsewhere, errno};

patched! {
    /// Looks up the addresses of a host and the port of a service.
    [Dns] fn getaddrinfo(
        host: *const c_char,
        service: *const c_char,
        hints: *const addrinfo,
        found: *mut *mut addrinfo,
    ) -> c_int => look_up;
}

unsafe fn look_up(
    host: *const c_char,
    service: *const c_char,
    hints: *const addrinfo,
    found: *mut *mut addrinfo,
) -> c_int {
    // SAFETY: the caller keeps the contract of the C function.
    let question = unsafe {
        Question { host: copy(host), service: copy(service), hints: hints.as_ref().map(Hints::of) }
    };
    if question.is_numeric() {
        // SAFETY: as above.
        return unsafe { originals::getaddrinfo(host, service, hints, found) };
    }
    match elsewhere::on_pool(move || question.answer()) {
        Ok(Ok(addresses)) => {
            // SAFETY: the caller has place for it, and frees it.
            unsafe { found.write(addresses.give()) };
            0
        }
        Ok(Err((status, error))) => {
            if status == libc::EAI_SYSTEM {
                errno::set(error);
            }
            status
        }
        Err(error) => {
            errno::set(error);
            libc::EAI_SYSTEM
        }
    }
}

/// A copy of a string that may be missing.
///
/// # Safety
///
/// The pointer is null, or that of a string.
pub(super) unsafe fn copy(text: *const c_char) -> Option<CString> {
    // SAFETY: as demanded.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_owned())
}

/// Whether a name is an address.
pub(super) fn is_address(name: &CStr) -> bool {
    name.to_str().is_ok_and(|name| name.parse::<IpAddr>().is_ok())
}

/// What is asked for.
struct Question {
    host: Option<CString>,
    service: Option<CString>,
    hints: Option<Hints>,
}

/// The part of the hints that is read.
#[derive(Clone, Copy)]
struct Hints {
    flags: c_int,
    family: c_int,
    kind: c_int,
    protocol: c_int,
}

impl Hints {
    fn of(hints: &addrinfo) -> Self {
        Hints {
            flags: hints.ai_flags,
            family: hints.ai_family,
            kind: hints.ai_socktype,
            protocol: hints.ai_protocol,
        }
    }

    fn to_c(self) -> addrinfo {
        // SAFETY: an all-zero structure is valid.
        let mut hints: addrinfo = unsafe { zeroed() };
        hints.ai_flags = self.flags;
        hints.ai_family = self.family;
        hints.ai_socktype = self.kind;
        hints.ai_protocol = self.protocol;
        hints
    }
}

impl Question {
    /// Whether neither a server nor a file has to be asked.
    fn is_numeric(&self) -> bool {
        let has = |flag| self.hints.is_some_and(|hints| hints.flags & flag != 0);
        let is_number = |name: &CString| name.as_bytes().iter().all(u8::is_ascii_digit);
        (has(libc::AI_NUMERICHOST) || self.host.as_deref().is_none_or(is_address))
            && (has(libc::AI_NUMERICSERV) || self.service.as_ref().is_none_or(is_number))
    }

    /// Asks the original. An error is its status, and `errno`.
    fn answer(self) -> Result<Addresses, (c_int, c_int)> {
        let text = |text: &Option<CString>| text.as_ref().map_or(null(), |text| text.as_ptr());
        let hints = self.hints.map(Hints::to_c);
        let hints = hints.as_ref().map_or(null(), from_ref);
        let mut found = null_mut();
        // SAFETY: strings and hints live as long as the call, and there is place for the answer.
        let status = unsafe {
            originals::getaddrinfo(text(&self.host), text(&self.service), hints, &raw mut found)
        };
        if status == 0 { Ok(Addresses(found)) } else { Err((status, errno::get())) }
    }
}

/// A list that the C library has allocated.
struct Addresses(*mut addrinfo);

// SAFETY: the list belongs to whoever has it.
unsafe impl Send for Addresses {}

impl Addresses {
    fn give(self) -> *mut addrinfo {
        mem::ManuallyDrop::new(self).0
    }
}

impl Drop for Addresses {
    fn drop(&mut self) {
        // SAFETY: `getaddrinfo` has made the list, and nobody has been given it.
        unsafe { libc::freeaddrinfo(self.0) };
    }
}
