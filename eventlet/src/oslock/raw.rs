//! Noting that what an OS thread does is not to be taken over. Without the feature `monkey-patch` there
//! is nobody who would.

#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
mod kept {
    use std::cell::Cell;

    thread_local! {
        /// How many [`Raw`]s there are. It has no destructor: locks are used until the very end of a
        /// thread.
        static N_RAW: Cell<u32> = const { Cell::new(0) };
    }

    /// While there is one, this OS thread's waits and wakes are the system's.
    pub(in crate::oslock) struct Raw(());

    impl Raw {
        #[inline]
        pub(in crate::oslock) fn enter() -> Self {
            N_RAW.set(N_RAW.get() + 1);
            Raw(())
        }
    }

    impl Drop for Raw {
        #[inline]
        fn drop(&mut self) {
            N_RAW.set(N_RAW.get() - 1);
        }
    }

    /// Whether a wait or wake that is made here and now is the system's.
    #[inline]
    pub(crate) fn is_raw() -> bool {
        N_RAW.get() > 0
    }
}

#[cfg(not(all(feature = "monkey-patch", target_os = "linux")))]
mod kept {
    pub(in crate::oslock) struct Raw(());

    impl Raw {
        #[inline(always)]
        pub(in crate::oslock) fn enter() -> Self {
            Raw(())
        }
    }
}

pub(super) use kept::Raw;
#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
pub(crate) use kept::is_raw;
