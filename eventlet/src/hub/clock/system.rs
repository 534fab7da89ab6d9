//! The system's monotonic clock, in nanoseconds since some moment before the process began.

#[cfg(target_os = "linux")]
pub(super) use linux::{now, soon};
#[cfg(not(target_os = "linux"))]
pub(super) use portable::{now, soon};

#[cfg(target_os = "linux")]
mod linux {
    /// How far `soon` is ahead of the coarse clock, in nanoseconds. That clock stands still between
    /// two ticks, which are 1 to 10 ms apart, and longer if the processor that moves it is late: on
    /// a busy virtual machine, by more than 10 ms.
    const AHEAD: u64 = 100_000_000;

    /// The time. An `Instant` would do, but cannot be compared with the coarse clock.
    #[inline]
    pub(in crate::hub::clock) fn now() -> u64 {
        read(libc::CLOCK_MONOTONIC)
    }

    /// A moment that has not come yet, from a clock that is moved at every tick.
    #[inline]
    pub(in crate::hub::clock) fn soon() -> Option<u64> {
        Some(read(libc::CLOCK_MONOTONIC_COARSE) + AHEAD)
    }

    #[inline]
    fn read(clock: libc::clockid_t) -> u64 {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: `time` is valid for the write, and both clocks exist on every Linux, so that the
        // call does not fail.
        unsafe { libc::clock_gettime(clock, &raw mut time) };
        nanos(time)
    }

    #[inline]
    fn nanos(time: libc::timespec) -> u64 {
        time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
    }
}

#[cfg(not(target_os = "linux"))]
mod portable {
    use std::time::Instant;

    use crate::oslock::OnceLock;

    pub(in crate::hub::clock) fn now() -> u64 {
        static ORIGIN: OnceLock<Instant> = OnceLock::new();
        ORIGIN.get_or_init(Instant::now).elapsed().as_nanos() as u64
    }

    /// There is no cheaper clock.
    pub(in crate::hub::clock) fn soon() -> Option<u64> {
        None
    }
}
