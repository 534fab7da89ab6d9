//! `gethostbyname` and its like, which came before `getaddrinfo`.
//!
//! Those that are not reentrant keep their answer for each green thread, until its next one: others
//! may ask before it has been read.

use std::cell::RefCell;
use std::ffi::{CString, c_char, c_int, c_void};
use std::mem::zeroed;
use std::ptr::null_mut;

use libc::{hostent, in6_addr, size_t, socklen_t};

use super::addresses::copy;
use super::host::Host;
use super::query::{Failure, NETDB_INTERNAL, Query, TRY_AGAIN};

patched! {
    /// Looks up a host by its name.
    [Dns] fn gethostbyname(name: *const c_char) -> *mut hostent => by_name;

    /// Looks up the addresses of a family that a host has, by its name.
    [Dns] fn gethostbyname2(name: *const c_char, family: c_int) -> *mut hostent => by_name_of;

    /// Looks up a host by its address.
    [Dns] fn gethostbyaddr(address: *const c_void, length: socklen_t, family: c_int) -> *mut hostent
        => by_address;

    /// Looks up a host by its name, and puts the answer into a buffer.
    [Dns] fn gethostbyname_r(
        name: *const c_char,
        entry: *mut hostent,
        buffer: *mut c_char,
        size: size_t,
        found: *mut *mut hostent,
        error: *mut c_int,
    ) -> c_int => by_name_into;

    /// Looks up the addresses of a family that a host has, and puts the answer into a buffer.
    [Dns] fn gethostbyname2_r(
        name: *const c_char,
        family: c_int,
        entry: *mut hostent,
        buffer: *mut c_char,
        size: size_t,
        found: *mut *mut hostent,
        error: *mut c_int,
    ) -> c_int => by_name_of_into;

    /// Looks up a host by its address, and puts the answer into a buffer.
    #[allow(clippy::too_many_arguments, reason = "those of the C function")]
    [Dns] fn gethostbyaddr_r(
        address: *const c_void,
        length: socklen_t,
        family: c_int,
        entry: *mut hostent,
        buffer: *mut c_char,
        size: size_t,
        found: *mut *mut hostent,
        error: *mut c_int,
    ) -> c_int => by_address_into;
}

unsafe extern "C" {
    fn __h_errno_location() -> *mut c_int;
}

unsafe fn by_name(name: *const c_char) -> *mut hostent {
    // SAFETY: the caller keeps the contract of the C function.
    keep(Query::Name(unsafe { name_of(name) }))
}

unsafe fn by_name_of(name: *const c_char, family: c_int) -> *mut hostent {
    // SAFETY: as above.
    keep(Query::NameOf(unsafe { name_of(name) }, family))
}

unsafe fn by_address(address: *const c_void, length: socklen_t, family: c_int) -> *mut hostent {
    // SAFETY: as above.
    keep(unsafe { query_of(address, length, family) })
}

unsafe fn by_name_into(
    name: *const c_char,
    entry: *mut hostent,
    buffer: *mut c_char,
    size: size_t,
    found: *mut *mut hostent,
    error: *mut c_int,
) -> c_int {
    let place = Place { entry, buffer, size, found, error };
    // SAFETY: as above.
    unsafe { place.fill(Query::Name(name_of(name))) }
}

unsafe fn by_name_of_into(
    name: *const c_char,
    family: c_int,
    entry: *mut hostent,
    buffer: *mut c_char,
    size: size_t,
    found: *mut *mut hostent,
    error: *mut c_int,
) -> c_int {
    let place = Place { entry, buffer, size, found, error };
    // SAFETY: as above.
    unsafe { place.fill(Query::NameOf(name_of(name), family)) }
}

#[allow(clippy::too_many_arguments, reason = "those of the C function")]
unsafe fn by_address_into(
    address: *const c_void,
    length: socklen_t,
    family: c_int,
    entry: *mut hostent,
    buffer: *mut c_char,
    size: size_t,
    found: *mut *mut hostent,
    error: *mut c_int,
) -> c_int {
    let place = Place { entry, buffer, size, found, error };
    // SAFETY: as above.
    unsafe { place.fill(query_of(address, length, family)) }
}

/// A name; one that is missing is empty, and nobody is called that.
///
/// # Safety
///
/// The pointer is null, or that of a string.
unsafe fn name_of(name: *const c_char) -> CString {
    // SAFETY: as demanded.
    unsafe { copy(name) }.unwrap_or_default()
}

/// # Safety
///
/// The address is null or has so many bytes.
unsafe fn query_of(address: *const c_void, length: socklen_t, family: c_int) -> Query {
    let length = if address.is_null() { 0 } else { length };
    let mut bytes = [0; size_of::<in6_addr>()];
    let n_bytes = bytes.len().min(length as usize);
    // SAFETY: as demanded. No address is longer, and one that says so is refused.
    unsafe { bytes.as_mut_ptr().copy_from_nonoverlapping(address.cast(), n_bytes) };
    Query::Address(bytes, length, family)
}

/// Where the caller of a reentrant function wants the answer.
struct Place {
    entry: *mut hostent,
    buffer: *mut c_char,
    size: usize,
    /// The entry is to be put here, or null.
    found: *mut *mut hostent,
    /// What would be `h_errno`.
    error: *mut c_int,
}

impl Place {
    /// # Safety
    ///
    /// It is the caller's, and the buffer has so many bytes.
    unsafe fn fill(self, query: Query) -> c_int {
        let answer = query.answer();
        // SAFETY: as demanded.
        let answer = answer.and_then(|host| unsafe {
            let fits = host.write(&mut *self.entry, self.buffer, self.size);
            fits.then_some(()).ok_or(TOO_SMALL)
        });
        let found = if answer.is_ok() { self.entry } else { null_mut() };
        // SAFETY: as demanded.
        unsafe { self.found.write(found) };
        let Err(failure) = answer else { return 0 };
        // SAFETY: as demanded.
        unsafe { self.error.write(failure.h_errno) };
        failure.tell();
        failure.status
    }
}

const TOO_SMALL: Failure =
    Failure { status: libc::ERANGE, errno: libc::ERANGE, h_errno: NETDB_INTERNAL };

/// The last answer of a function that is not reentrant.
struct Kept {
    entry: hostent,
    /// What the entry points to; pointers, for that must be aligned.
    _buffer: Vec<*mut c_char>,
}

impl Kept {
    fn new(host: &Host) -> Self {
        let mut n = 64;
        loop {
            let mut buffer: Vec<*mut c_char> = vec![null_mut(); n];
            // SAFETY: an all-zero structure is valid.
            let mut entry: hostent = unsafe { zeroed() };
            let size = n * size_of::<*mut c_char>();
            // SAFETY: the buffer has so many bytes.
            if unsafe { host.write(&mut entry, buffer.as_mut_ptr().cast(), size) } {
                return Kept { entry, _buffer: buffer };
            }
            n *= 2;
        }
    }
}

crate::green_local! {
    static LAST: RefCell<Option<Box<Kept>>> = const { RefCell::new(None) };
}

/// Answers, and keeps the answer until the next one of the same green thread.
fn keep(query: Query) -> *mut hostent {
    let failure = match query.answer() {
        Ok(host) => {
            let mut kept = Box::new(Kept::new(&host));
            let entry = &raw mut kept.entry;
            match LAST.try_with(|last| last.replace(Some(kept))) {
                Ok(_) => return entry,
                // It ends, and can keep nothing any more.
                Err(_) => Failure { status: libc::ENOMEM, errno: libc::ENOMEM, h_errno: TRY_AGAIN },
            }
        }
        Err(failure) => failure,
    };
    failure.tell();
    // SAFETY: the location belongs to this thread.
    unsafe { __h_errno_location().write(failure.h_errno) };
    null_mut()
}
