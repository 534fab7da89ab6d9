//! What is swapped of `std::thread` and of what belongs to it.

use super::Mirror;

pub const ALL: &[Mirror] = &[MACROS, THREAD];

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
