//! What an OS thread is doing, as the system tells it.

use std::fmt;

#[cfg(target_os = "linux")]
use crate::hub;

/// What an OS thread does that does not return to its hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Activity {
    /// It runs, or would if there were a processor for it.
    Computing,
    /// It waits in this system call: its number, and the name of those that usually block.
    SystemCall(i64, Option<&'static str>),
    /// It waits for something else: memory that has to be read from a disk, a debugger.
    Waiting,
}

impl Activity {
    /// That of the OS thread of this process that Linux calls `tid`.
    #[cfg(target_os = "linux")]
    pub(super) fn of(tid: u32) -> Option<Self> {
        let path = format!("/proc/self/task/{tid}/syscall");
        let text = hub::as_library(|| std::fs::read_to_string(path)).ok()?;
        Self::parse(&text)
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn of(_tid: u32) -> Option<Self> {
        None
    }

    /// Reads what Linux says: `running`, or the number of the call, -1 if there is none, and more.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "only Linux has such text"))]
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.split_whitespace().next()? {
            "running" => Some(Activity::Computing),
            number => match number.parse().ok()? {
                -1 => Some(Activity::Waiting),
                number => Some(Activity::SystemCall(number, super::calls::name(number))),
            },
        }
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Activity::Computing => f.write_str("computes"),
            Activity::SystemCall(_, Some(name)) => write!(f, "waits in the system call {name}"),
            Activity::SystemCall(number, None) => write!(f, "waits in system call {number}"),
            Activity::Waiting => f.write_str("waits in the kernel"),
        }
    }
}
