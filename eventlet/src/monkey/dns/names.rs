//! `getnameinfo`.

use std::ffi::{CStr, c_char, c_int};

use libc::{sockaddr, sockaddr_storage, socklen_t};

use crate::monkey::{elsewhere, errno};

patched! {
    /// Looks up the name of a host by its address, and that of a service by its port.
    [Dns] fn getnameinfo(
        address: *const sockaddr,
        length: socklen_t,
        host: *mut c_char,
        host_length: socklen_t,
        service: *mut c_char,
        service_length: socklen_t,
        flags: c_int,
    ) -> c_int => look_up;
}

/// No name is longer: `NI_MAXHOST`.
const LONGEST: socklen_t = 1025;

unsafe fn look_up(
    address: *const sockaddr,
    length: socklen_t,
    host: *mut c_char,
    host_length: socklen_t,
    service: *mut c_char,
    service_length: socklen_t,
    flags: c_int,
) -> c_int {
    let host = Place { text: host, length: host_length };
    let service = Place { text: service, length: service_length };
    let is_numeric = (host.is_none() || flags & libc::NI_NUMERICHOST != 0)
        && (service.is_none() || flags & libc::NI_NUMERICSERV != 0);
    if is_numeric || address.is_null() || length as usize > size_of::<sockaddr_storage>() {
        // SAFETY: the caller keeps the contract of the C function.
        return unsafe {
            originals::getnameinfo(
                address,
                length,
                host.text,
                host.length,
                service.text,
                service.length,
                flags,
            )
        };
    }
    // SAFETY: an all-zero structure is valid, and the address fits.
    let address = unsafe {
        let mut copy: sockaddr_storage = std::mem::zeroed();
        (&raw mut copy).cast::<u8>().copy_from_nonoverlapping(address.cast(), length as usize);
        copy
    };
    let mut names = (host.buffer(), service.buffer());
    let ask = move || {
        let (host, service) = (&mut names.0, &mut names.1);
        // SAFETY: the buffers are as long as is said, or there is none.
        let status = unsafe {
            originals::getnameinfo(
                (&raw const address).cast(),
                length,
                host.as_mut_ptr(),
                host.len() as socklen_t,
                service.as_mut_ptr(),
                service.len() as socklen_t,
                flags,
            )
        };
        (status, errno::get(), names)
    };
    match elsewhere::on_pool(ask) {
        Ok((0, _, (host_name, service_name))) => {
            // SAFETY: the names are from buffers of the lengths of these places.
            unsafe {
                host.fill(&host_name);
                service.fill(&service_name);
            }
            0
        }
        Ok((status, error, _)) => {
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

/// Where the caller wants a name.
struct Place {
    text: *mut c_char,
    length: socklen_t,
}

impl Place {
    fn is_none(&self) -> bool {
        self.text.is_null() || self.length == 0
    }

    /// A buffer for the name, no longer than the place; empty if there is none.
    fn buffer(&self) -> Vec<c_char> {
        let length = if self.is_none() { 0 } else { self.length.min(LONGEST) };
        vec![0; length as usize]
    }

    /// Copies a name from such a buffer.
    ///
    /// # Safety
    ///
    /// The caller of the C function has so much place.
    unsafe fn fill(&self, name: &[c_char]) {
        if !name.is_empty() {
            // SAFETY: the buffer was all zero, and the name in it ends with a zero.
            let bytes = unsafe { CStr::from_ptr(name.as_ptr()) }.to_bytes_with_nul();
            // SAFETY: as demanded: they are not more than the buffer has.
            unsafe { self.text.copy_from_nonoverlapping(bytes.as_ptr().cast(), bytes.len()) };
        }
    }
}
