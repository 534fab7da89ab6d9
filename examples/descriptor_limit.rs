//! The limit on open descriptors. A connection takes one, and many systems start programs with a
//! limit of 1024.

/// Raises the soft limit as far as the hard limit allows, and returns what it is now.
#[allow(unsafe_code, reason = "std has no call for resource limits")]
pub fn raise() -> usize {
    let mut limit = libc::rlimit { rlim_cur: 256, rlim_max: 256 };
    // SAFETY: `limit` is a valid `rlimit` for as long as the calls run. A call that fails leaves
    // it, and the process, as they were.
    unsafe {
        libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit);
        let highest = libc::rlimit { rlim_cur: limit.rlim_max, ..limit };
        if libc::setrlimit(libc::RLIMIT_NOFILE, &highest) == 0 {
            limit = highest;
        }
    }
    usize::try_from(limit.rlim_cur).unwrap_or(usize::MAX)
}
