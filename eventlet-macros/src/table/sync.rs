//! What is swapped of `std::sync` and of what belongs to it.

use super::Mirror;

pub const ALL: &[Mirror] = &[SYNC, MPSC];

const SYNC: Mirror = Mirror {
    group: "sync",
    path: &["sync"],
    green: &[
        "Barrier",
        "BarrierWaitResult",
        "Condvar",
        "LazyLock",
        "Mutex",
        "MutexGuard",
        "ONCE_INIT",
        "Once",
        "OnceLock",
        "OnceState",
        "RwLock",
        "RwLockReadGuard",
        "RwLockWriteGuard",
        "WaitTimeoutResult",
        "mpsc",
    ],
    shared: &[
        "Arc",
        "LockResult",
        "PoisonError",
        "TryLockError",
        "TryLockResult",
        "Weak",
        "atomic",
    ],
    missing: &[],
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
