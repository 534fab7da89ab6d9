//! Where the executable's thread-local variables lie, and what they begin with.

use std::ffi::{c_int, c_void};
use std::{ptr, slice};

use libc::{dl_phdr_info, size_t};

/// The thread-local variables of the executable.
pub(super) struct Segment {
    /// Where the calling thread has its own.
    pub(super) block: usize,
    /// How many bytes they take.
    pub(super) size: usize,
    /// What the first of them begin with, in every thread; the others with zeros.
    pub(super) image: &'static [u8],
}

/// Looks the executable's segment up; it has none if no variable is used.
pub(super) fn find() -> Option<Segment> {
    let mut found: Option<Segment> = None;
    // SAFETY: the callback gets what `dl_iterate_phdr` promises, and the address of `found`, which
    // lives on.
    unsafe { libc::dl_iterate_phdr(Some(look_at_first), (&raw mut found).cast()) };
    found
}

unsafe extern "C" fn look_at_first(
    info: *mut dl_phdr_info,
    size: size_t,
    found: *mut c_void,
) -> c_int {
    if size < size_of::<dl_phdr_info>() {
        return 1;
    }
    // SAFETY: the system passes a structure that is at least as large as this type, and its program
    // headers, which are loaded as long as the object is.
    let (info, headers) = unsafe {
        let info = &*info;
        (info, slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum)))
    };
    let header = headers.iter().find(|header| header.p_type == libc::PT_TLS);
    if let Some(header) = header
        && !info.dlpi_tls_data.is_null()
    {
        let image = (info.dlpi_addr + header.p_vaddr) as usize;
        let length = header.p_filesz as usize;
        // SAFETY: this part of the file is mapped for as long as the executable, that is, for ever,
        // and is only ever read.
        let image = unsafe { slice::from_raw_parts(ptr::with_exposed_provenance(image), length) };
        let block = info.dlpi_tls_data.expose_provenance();
        let segment = Segment { block, size: header.p_memsz as usize, image };
        // SAFETY: `find` passes the address of its variable.
        unsafe { *found.cast::<Option<Segment>>() = Some(segment) };
    }
    // The executable comes first, and the others are not looked at.
    1
}

impl Segment {
    /// What the bytes at an offset begin with.
    pub(super) fn initial(&self, offset: usize) -> u8 {
        self.image.get(offset).copied().unwrap_or(0)
    }
}
