//! The thread-local variables that a fiber has for itself, where calls can be patched; elsewhere
//! all of this is nothing.

#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
pub(super) use crate::monkey::locals::FiberLocals;

#[cfg(all(feature = "monkey-patch", target_os = "linux"))]
impl super::Hub {
    /// Whether the current fiber may share its variables with others.
    pub(crate) fn shares_locals(&self) -> bool {
        use crate::monkey::locals::whose;
        use crate::patcher::ThreadLocals;

        let fiber = self.current_fiber();
        let is_alone = fiber.is_main && matches!(whose(), ThreadLocals::Own { .. });
        !fiber.locals.are_own() && !is_alone
    }
}

#[cfg(not(all(feature = "monkey-patch", target_os = "linux")))]
pub(super) struct FiberLocals;

#[cfg(not(all(feature = "monkey-patch", target_os = "linux")))]
pub(super) struct Place;

#[cfg(not(all(feature = "monkey-patch", target_os = "linux")))]
impl FiberLocals {
    #[inline(always)]
    pub(super) const fn new() -> Self {
        FiberLocals
    }

    #[inline(always)]
    pub(super) fn renew(&self) {}

    #[inline(always)]
    pub(super) fn begin(&self) {}

    #[inline(always)]
    pub(super) fn end(&self) {}

    #[inline(always)]
    pub(super) fn are_own(&self) -> bool {
        false
    }

    #[inline(always)]
    pub(super) fn are_ending(&self) -> bool {
        false
    }

    #[inline(always)]
    pub(super) fn place(&self) -> Place {
        Place
    }
}

#[cfg(not(all(feature = "monkey-patch", target_os = "linux")))]
impl Place {
    #[inline(always)]
    pub(super) fn run(self, f: impl FnOnce()) {
        f();
    }
}
