//! The names of system calls that block.

/// The name of a system call, if it is one that usually blocks.
#[cfg(target_os = "linux")]
pub(super) fn name(number: i64) -> Option<&'static str> {
    CALLS.iter().find(|(call, _)| *call == number).map(|(_, name)| *name)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn name(_number: i64) -> Option<&'static str> {
    None
}

#[cfg(target_os = "linux")]
macro_rules! calls {
    ($($(#[$attribute:meta])* $constant:ident $name:ident,)*) => {
        const CALLS: &[(i64, &str)] = &[
            $($(#[$attribute])* (libc::$constant as i64, stringify!($name)),)*
        ];
    };
}

#[cfg(target_os = "linux")]
calls! {
    SYS_futex futex,
    SYS_nanosleep nanosleep,
    SYS_clock_nanosleep clock_nanosleep,
    SYS_read read,
    SYS_readv readv,
    SYS_pread64 pread64,
    SYS_preadv preadv,
    SYS_write write,
    SYS_writev writev,
    SYS_pwrite64 pwrite64,
    SYS_pwritev pwritev,
    SYS_sendfile sendfile,
    SYS_splice splice,
    SYS_copy_file_range copy_file_range,
    SYS_connect connect,
    SYS_accept accept,
    SYS_accept4 accept4,
    SYS_recvfrom recvfrom,
    SYS_recvmsg recvmsg,
    SYS_recvmmsg recvmmsg,
    SYS_sendto sendto,
    SYS_sendmsg sendmsg,
    SYS_sendmmsg sendmmsg,
    SYS_close close,
    #[cfg(target_arch = "x86_64")]
    SYS_poll poll,
    SYS_ppoll ppoll,
    #[cfg(target_arch = "x86_64")]
    SYS_select select,
    SYS_pselect6 pselect6,
    #[cfg(target_arch = "x86_64")]
    SYS_epoll_wait epoll_wait,
    SYS_epoll_pwait epoll_pwait,
    SYS_epoll_pwait2 epoll_pwait2,
    SYS_wait4 wait4,
    SYS_waitid waitid,
    #[cfg(target_arch = "x86_64")]
    SYS_pause pause,
    SYS_rt_sigsuspend rt_sigsuspend,
    SYS_rt_sigtimedwait rt_sigtimedwait,
    SYS_flock flock,
    SYS_fcntl fcntl,
    SYS_ioctl ioctl,
    #[cfg(target_arch = "x86_64")]
    SYS_open open,
    SYS_openat openat,
    SYS_getdents64 getdents64,
    SYS_statx statx,
    SYS_unlinkat unlinkat,
    #[cfg(target_arch = "x86_64")]
    SYS_unlink unlink,
    #[cfg(target_arch = "x86_64")]
    SYS_rename rename,
    SYS_fsync fsync,
    SYS_fdatasync fdatasync,
    SYS_sync sync,
    SYS_msync msync,
    SYS_io_uring_enter io_uring_enter,
}
