//! What is swapped of `std::sync` and of what belongs to it.

use super::{Mirror, Missing, NOT_YET};

pub const ALL: &[Mirror] = &[SYNC, MPSC];

const SYNC: Mirror = Mirror {
    group: "sync",
    path: &["sync"],
    green: &["Mutex", "MutexGuard", "mpsc"],
    shared: &[
        "Arc",
        "BarrierWaitResult",
        "LazyLock",
        "LockResult",
        "Once",
        "OnceLock",
        "OnceState",
        "PoisonError",
        "RwLock",
        "RwLockReadGuard",
        "RwLockWriteGuard",
        "TryLockError",
        "TryLockResult",
        "WaitTimeoutResult",
        "Weak",
        "atomic",
    ],
    missing: &[
        Missing { name: "Barrier", instead: NOT_YET },
        Missing { name: "Condvar", instead: NOT_YET },
    ],
};

const MPSC: Mirror = Mirror {
    group: "sync",
    path: &["sync", "mpsc"],
    green: &[
        "IntoIter",
        "Iter",
        "Receiver",
        "Sender",
        "SyncSender",
        "TryIter",
        "channel",
        "sync_channel",
    ],
    shared: &["RecvError", "RecvTimeoutError", "SendError", "TryRecvError", "TrySendError"],
    missing: &[],
};
