//! What is swapped of `std::thread` and of what belongs to it.

use super::{Mirror, Missing, NOT_YET};

pub const ALL: &[Mirror] = &[THREAD];

const THREAD: Mirror = Mirror {
    group: "thread",
    path: &["thread"],
    green: &[
        "Builder",
        "JoinHandle",
        "Thread",
        "ThreadId",
        "current",
        "sleep",
        "spawn",
        "yield_now",
    ],
    shared: &["AccessError", "LocalKey", "Result", "available_parallelism", "panicking"],
    missing: &[
        Missing { name: "Scope", instead: NOT_YET },
        Missing { name: "ScopedJoinHandle", instead: NOT_YET },
        Missing { name: "park", instead: NOT_YET },
        Missing { name: "park_timeout", instead: NOT_YET },
        Missing { name: "park_timeout_ms", instead: NOT_YET },
        Missing { name: "scope", instead: NOT_YET },
        Missing { name: "sleep_ms", instead: NOT_YET },
        Missing { name: "sleep_until", instead: NOT_YET },
    ],
};
