//! A signal handler writes to a pipe, as programs do to hear of signals, while the hub is at work.

#![allow(unsafe_code, reason = "signal handlers")]

use std::ffi::c_int;
use std::io::{self, Read};
use std::os::fd::AsRawFd;
use std::ptr;
use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use eventlet_monkey_tests::{c, check};

static PIPE: AtomicI32 = AtomicI32::new(-1);
static N_WRITTEN: AtomicU64 = AtomicU64::new(0);

extern "C" fn tell(_: c_int) {
    let error = c::errno();
    if c::write(PIPE.load(Ordering::Relaxed), b"!").is_ok() {
        N_WRITTEN.fetch_add(1, Ordering::Relaxed);
    }
    c::set_errno(error);
}

/// Has the handler called so often, or not any more.
fn set_timer(micros: libc::suseconds_t) {
    let time = libc::timeval { tv_sec: 0, tv_usec: micros };
    let times = [time, time];
    // SAFETY: the system call reads two times, and null is allowed.
    let status = unsafe {
        libc::syscall(libc::SYS_setitimer, 0, times.as_ptr(), ptr::null_mut::<libc::timeval>())
    };
    assert_eq!(status, 0);
}

#[test]
fn handlers_interrupt_anything() {
    check(|| {
        let (mut reader, writer) = io::pipe().unwrap();
        c::make_nonblocking(&writer);
        PIPE.store(writer.as_raw_fd(), Ordering::Relaxed);
        c::handle(libc::SIGALRM, tell);
        set_timer(40);
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(1) {
            let threads: Vec<_> =
                (0..20).map(|_| eventlet::spawn(|| eventlet::sleep(Duration::ZERO))).collect();
            threads.into_iter().for_each(|thread| thread.wait().unwrap());
        }
        set_timer(0);
        drop(writer);
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        assert!(bytes.len() > 100, "there were only {} signals", bytes.len());
        assert_eq!(bytes.len() as u64, N_WRITTEN.load(Ordering::Relaxed));
    });
}
