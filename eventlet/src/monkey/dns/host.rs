//! What the older functions say of a host, and how they lay it out for their callers.

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr::null_mut;

use libc::hostent;

/// A copy of what the C library says of a host.
pub(super) struct Host {
    name: CString,
    aliases: Vec<CString>,
    family: c_int,
    /// How long each address is.
    length: c_int,
    addresses: Vec<Vec<u8>>,
}

impl Host {
    /// # Safety
    ///
    /// The C library has filled the entry.
    pub(super) unsafe fn copy(entry: &hostent) -> Self {
        let length = usize::try_from(entry.h_length).unwrap_or(0);
        // SAFETY: the name is a string; the lists end with null; what they point to are strings, and
        // addresses of that length.
        unsafe {
            Host {
                name: CStr::from_ptr(entry.h_name).to_owned(),
                aliases: list(entry.h_aliases, |text| CStr::from_ptr(text).to_owned()),
                family: entry.h_addrtype,
                length: entry.h_length,
                addresses: list(entry.h_addr_list, |address| {
                    std::slice::from_raw_parts(address.cast::<u8>(), length).to_vec()
                }),
            }
        }
    }

    /// Lays it out in a buffer of so many bytes, for `entry` to point to. False if it is too small.
    ///
    /// # Safety
    ///
    /// The buffer has so many bytes.
    pub(super) unsafe fn write(
        &self,
        entry: &mut hostent,
        buffer: *mut c_char,
        length: usize,
    ) -> bool {
        // SAFETY: as demanded.
        let entry_written = unsafe { self.try_write(&mut Room { next: buffer.cast(), length }) };
        entry_written.map(|written| *entry = written).is_some()
    }

    /// # Safety
    ///
    /// The room has as many bytes as it says.
    unsafe fn try_write(&self, room: &mut Room) -> Option<hostent> {
        // SAFETY: as demanded. What needs to be aligned comes first.
        unsafe {
            let h_aliases = room.pointers(self.aliases.len())?;
            let h_addr_list = room.pointers(self.addresses.len())?;
            for (i, address) in self.addresses.iter().enumerate() {
                h_addr_list.add(i).write(room.bytes(address)?);
            }
            for (i, alias) in self.aliases.iter().enumerate() {
                h_aliases.add(i).write(room.bytes(alias.as_bytes_with_nul())?);
            }
            let h_name = room.bytes(self.name.as_bytes_with_nul())?;
            let (h_addrtype, h_length) = (self.family, self.length);
            Some(hostent { h_name, h_aliases, h_addrtype, h_length, h_addr_list })
        }
    }
}

/// Copies what a list points to that ends with null, or is not there.
///
/// # Safety
///
/// Such a list it is, and `copy` can copy each of them.
unsafe fn list<T>(list: *mut *mut c_char, copy: impl Fn(*mut c_char) -> T) -> Vec<T> {
    let mut copies = Vec::new();
    if list.is_null() {
        return copies;
    }
    // SAFETY: as demanded.
    unsafe {
        let mut next = list;
        while !(*next).is_null() {
            copies.push(copy(*next));
            next = next.add(1);
        }
    }
    copies
}

/// The rest of a buffer.
struct Room {
    next: *mut u8,
    length: usize,
}

impl Room {
    /// Takes the next bytes, if there are as many.
    fn take(&mut self, length: usize) -> Option<*mut u8> {
        let rest = self.length.checked_sub(length)?;
        let taken = self.next;
        self.length = rest;
        self.next = taken.wrapping_add(length);
        Some(taken)
    }

    /// Takes place for `n` pointers and the null after them; all are null.
    ///
    /// # Safety
    ///
    /// The room has as many bytes as it says.
    unsafe fn pointers(&mut self, n: usize) -> Option<*mut *mut c_char> {
        self.take(self.next.align_offset(align_of::<*mut c_char>()))?;
        let pointers = self.take((n + 1) * size_of::<*mut c_char>())?.cast::<*mut c_char>();
        for i in 0..=n {
            // SAFETY: so many have just been taken, and they are aligned.
            unsafe { pointers.add(i).write(null_mut()) };
        }
        Some(pointers)
    }

    /// Takes place for bytes and copies them there.
    ///
    /// # Safety
    ///
    /// The room has as many bytes as it says.
    unsafe fn bytes(&mut self, bytes: &[u8]) -> Option<*mut c_char> {
        let place = self.take(bytes.len())?;
        // SAFETY: so many have just been taken.
        unsafe { place.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        Some(place.cast())
    }
}
