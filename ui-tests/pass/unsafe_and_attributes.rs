//! Attributes, visibility and `unsafe` of a function survive what is done to its body.
#![deny(warnings, missing_docs)]

use eventlet::green;

pub mod api {
    //! The functions.
    use eventlet::green;

    /// Reads through a pointer.
    ///
    /// # Safety
    ///
    /// `pointer` points to a live `u8`.
    #[green(spawn)]
    #[inline(never)]
    #[must_use = "the value is in the green thread"]
    pub unsafe fn read(pointer: *const u8) -> u8 {
        // SAFETY: the caller promises so.
        unsafe { *pointer }
    }

    /// Is compiled only here.
    #[green(spawn)]
    #[cfg(not(any()))]
    pub fn present(#[allow(unused_variables)] unused: u8, #[cfg(any())] gone: u8) -> bool {
        true
    }

    /// Is never compiled.
    #[green(spawn)]
    #[cfg(any())]
    pub fn absent(value: NoSuchType) {}
}

/// Is deprecated.
#[green]
#[deprecated]
pub fn old() {}

fn main() {
    static VALUE: u8 = 7;
    // SAFETY: a static is always live.
    assert_eq!(unsafe { api::read(&VALUE) }.wait().unwrap(), 7);
    assert!(api::present(1).wait().unwrap());
    #[allow(deprecated)]
    old();
}
