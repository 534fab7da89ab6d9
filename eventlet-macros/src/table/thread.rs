//! What is swapped of `std::thread` and of what belongs to it.

use super::{Mirror, Missing};

pub const ALL: &[Mirror] = &[MACROS, THREAD, UNIX];

const THREAD: Mirror = Mirror {
    group: "thread",
    path: &["thread"],
    green: &[
        "AccessError",
        "Builder",
        "JoinHandle",
        "LocalKey",
        "Scope",
        "ScopedJoinHandle",
        "Thread",
        "ThreadId",
        "current",
        "panicking",
        "park",
        "park_timeout",
        "park_timeout_ms",
        "scope",
        "sleep",
        "sleep_ms",
        "spawn",
        "yield_now",
    ],
    shared: &["Result", "available_parallelism"],
    missing: &[],
};

const MACROS: Mirror =
    Mirror { group: "thread", path: &[], green: &["thread_local"], shared: &[], missing: &[] };

const UNIX: Mirror = Mirror {
    group: "thread",
    path: &["os", "unix", "thread"],
    green: &[],
    shared: &["RawPthread"],
    missing: &[JOIN_HANDLE_EXT],
};

/// What gives the `pthread_t` of a thread: a green one shares it with all of its hub.
pub(super) const JOIN_HANDLE_EXT: Missing = Missing {
    name: "JoinHandleExt",
    instead: "tell threads apart by the `ThreadId` of `JoinHandle::thread`",
};
