//! What std has no call for: cores, CPU clocks, memory, and epoll.
#![allow(unsafe_code, reason = "system calls")]

mod cores;
mod epoll;

use std::mem::MaybeUninit;
use std::time::Duration;
use std::{fs, io};

pub(crate) use cores::on_server_core;
pub(crate) use epoll::{Epoll, accept};

/// Prepares the suite's own process, and says what is missing for figures that mean something.
pub(crate) fn prepare() {
    raise_descriptor_limit();
    if !cores::settle() {
        eprintln!("only one core: the load generator takes its time from the servers");
    }
}

/// Allows this process as many open descriptors as the system lets it have: the usual default of
/// 1,024 is too few for 1,000 connections.
fn raise_descriptor_limit() {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` may be written.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } == 0 {
        limit.rlim_cur = limit.rlim_max;
        // SAFETY: `limit` is only read.
        unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    }
}

/// The CPU time that a process has used so far, in all its threads.
pub(crate) fn cpu_time(pid: u32) -> io::Result<Duration> {
    let mut clock = 0;
    // SAFETY: `clock` may be written.
    let error = unsafe { libc::clock_getcpuclockid(pid as libc::pid_t, &raw mut clock) };
    if error != 0 {
        return Err(io::Error::from_raw_os_error(error));
    }
    let mut time = MaybeUninit::<libc::timespec>::uninit();
    // SAFETY: `time` may be written.
    check(unsafe { libc::clock_gettime(clock, time.as_mut_ptr()) })?;
    // SAFETY: the call has succeeded and filled it.
    let time = unsafe { time.assume_init() };
    Ok(Duration::new(time.tv_sec as u64, time.tv_nsec as u32))
}

/// How many bytes of memory this process has touched and still holds.
pub(crate) fn resident_bytes() -> io::Result<u64> {
    let text = fs::read_to_string("/proc/self/statm")?;
    let pages = text.split_whitespace().nth(1).and_then(|field| field.parse::<u64>().ok());
    // SAFETY: takes no pointers.
    let page_size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) } as u64;
    pages.map(|pages| pages * page_size).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// How many bytes the system can still give away without harm.
pub(crate) fn available_bytes() -> Option<u64> {
    let kib = value_of("/proc/meminfo", "MemAvailable")?;
    Some(kib.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
}

/// Should memory run out after all, the system ends this process and no other.
pub(crate) fn go_first_when_memory_is_short() {
    let _ = fs::write("/proc/self/oom_score_adj", "1000");
}

/// The machine in a line, for those who read the figures elsewhere.
pub(crate) fn description() -> String {
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let processor = value_of("/proc/cpuinfo", "model name").unwrap_or("unknown".to_owned());
    let n_processors = fs::read_to_string("/proc/cpuinfo")
        .map_or(0, |text| text.lines().filter(|line| line.starts_with("processor")).count());
    let memory = value_of("/proc/meminfo", "MemTotal").unwrap_or_default();
    let gib = memory.split_whitespace().next().and_then(|kib| kib.parse::<u64>().ok());
    format!(
        "{n_processors} × {processor}, {} GiB, Linux {}, {}",
        gib.unwrap_or(0) >> 20,
        kernel.trim(),
        std::env::consts::ARCH
    )
}

/// How many processes have wanted to run in the last minute: more than none, and the figures are
/// not those of a quiet machine.
pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("unknown").to_owned()
}

/// What stands behind the colon in the first line of a file that begins with `key`.
fn value_of(path: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn check(answer: libc::c_int) -> io::Result<libc::c_int> {
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(answer) }
}
