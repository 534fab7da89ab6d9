//! The C library's own functions, which ours hide.

use std::ffi::{CStr, c_void};
use std::marker::PhantomData;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// The next definition of a symbol after ours; `F` is the type of the function.
pub(super) struct Next<F> {
    name: &'static CStr,
    /// Null until it is looked for.
    address: AtomicPtr<c_void>,
    function: PhantomData<F>,
}

impl<F: Copy> Next<F> {
    /// # Safety
    ///
    /// `F` is the type of the C function called `name`.
    pub(super) const unsafe fn new(name: &'static CStr) -> Self {
        const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
        Next { name, address: AtomicPtr::new(ptr::null_mut()), function: PhantomData }
    }

    #[inline]
    pub(super) fn get(&self) -> F {
        let mut address = self.address.load(Ordering::Relaxed);
        if address.is_null() {
            address = self.find_or_die();
        }
        // SAFETY: it is the address of a function of type `F`, by the contract of `new`; and a
        // function pointer is as large as any.
        unsafe { std::mem::transmute_copy(&address) }
    }

    /// Looks for the function. An old C library may lack it.
    #[cold]
    pub(super) fn find(&self) -> *mut c_void {
        // SAFETY: the name is a C string.
        let address = unsafe { libc::dlsym(libc::RTLD_NEXT, self.name.as_ptr()) };
        self.address.store(address, Ordering::Relaxed);
        address
    }

    /// Looks for a function that the program has called: without it, the process ends.
    #[cold]
    fn find_or_die(&self) -> *mut c_void {
        let address = self.find();
        if address.is_null() {
            super::errno::die(
                c"eventlet: the C library lacks a function that the program has called",
            );
        }
        address
    }
}
