//! The macro that defines patched functions.

/// Defines C functions anew: each becomes an exported symbol, which calls the patch if `applies` says
/// so and the C library's own function if not, and a function of its name in `original`.
///
/// ```text
/// patched! {
///     /// Receives from a socket.
///     [Socket] fn recv(fd: c_int, buffer: *mut c_void, length: size_t, flags: c_int) -> ssize_t
///         => receive::recv;
/// }
/// ```
///
/// The patch is an `unsafe fn` with the same arguments. With several categories, `[Socket | Os]`, it is
/// called if one of them is patched. With `[Thread, everywhere]` it is called on OS threads without a hub
/// and in the library, too, and with `[Always]` in any case: then it decides.
macro_rules! patched {
    ($(
        $(#[$doc:meta])*
        [$one:ident $(| $other:ident)? $(, $everywhere:ident)?]
        fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? => $patch:path;
    )+) => {
        pub(in crate::monkey) mod symbols {
            use super::*;
            $(
                #[unsafe(no_mangle)]
                unsafe extern "C" fn $name($($argument: $type),*) $(-> $result)? {
                    if patched!(@applies $one $($other)? $(, $everywhere)?) {
                        // SAFETY: the caller keeps the contract of the C function, which is the
                        // patch's, too.
                        unsafe { $patch($($argument),*) }
                    } else {
                        // SAFETY: as above.
                        unsafe { super::originals::$name($($argument),*) }
                    }
                }
            )+
        }

        pub(in crate::monkey) mod originals {
            use super::*;
            use crate::monkey::next::Next;

            mod table {
                use super::*;
                $(
                    #[allow(non_upper_case_globals, reason = "named after the function")]
                    pub(super) static $name: Next<
                        unsafe extern "C" fn($($type),*) $(-> $result)?
                    > =
                    // SAFETY: the type is that of the C function, as declared in its manual.
                    unsafe {
                        Next::new(
                            match std::ffi::CStr::from_bytes_with_nul(
                                concat!(stringify!($name), "\0").as_bytes()
                            ) {
                                Ok(name) => name,
                                Err(_) => unreachable!(),
                            },
                        )
                    };
                )+
            }

            $(
                $(#[$doc])*
                ///
                /// This is the C library's own function, which waits as long as it takes.
                ///
                /// # Safety
                ///
                /// As for the C function.
                #[inline]
                pub unsafe fn $name($($argument: $type),*) $(-> $result)? {
                    // SAFETY: the caller keeps the contract of the C function.
                    unsafe { (table::$name.get())($($argument),*) }
                }
            )+

            /// Finds all of them.
            #[allow(dead_code, reason = "some are not in every C library")]
            pub(in crate::monkey) fn find_all() {
                $( table::$name.find(); )+
            }
        }
    };

    (@applies Always) => { true };
    (@applies $one:ident) => {
        $crate::monkey::patches::apply($crate::patcher::category::Category::$one)
    };
    (@applies $one:ident, everywhere) => {
        $crate::monkey::patches::has($crate::patcher::category::Category::$one)
    };
    (@applies $one:ident $other:ident) => {
        $crate::monkey::patches::apply_any(
            $crate::patcher::category::Category::$one,
            $crate::patcher::category::Category::$other,
        )
    };
}
