//! What of std is swapped, and what is known to block: the single source of truth.
//!
//! A green mirror re-exports whatever in its std counterpart never waits, so a whole module can be
//! swapped. `ui-tests` includes this file and holds every entry against std and the runtime crate.

/// A module of std that has a mirror of the same name in `eventlet::green`.
#[allow(dead_code, reason = "the lists of what exists are read by ui-tests alone")]
pub struct Mirror {
    /// The module's name, in std and in the mirror.
    pub name: &'static str,
    /// What waits in std and has a green form in the mirror.
    pub green: &'static [&'static str],
    /// What is the same item in the mirror: what never waits, and the locks of `sync`, which wait
    /// for other OS threads only, unless someone waits while holding one.
    pub shared: &'static [&'static str],
    /// What waits and has no green form yet: naming it is an error, unless allowed.
    pub missing: &'static [&'static str],
}

/// The modules of std that are swapped.
pub const MIRRORS: &[Mirror] = &[IO, NET, SYNC, THREAD, TIME];

const IO: Mirror = Mirror {
    name: "io",
    green: &[],
    shared: &[
        "prelude",
        "BufRead",
        "BufReader",
        "BufWriter",
        "Bytes",
        "Chain",
        "Cursor",
        "Empty",
        "Error",
        "ErrorKind",
        "IntoInnerError",
        "IoSlice",
        "IoSliceMut",
        "IsTerminal",
        "LineWriter",
        "Lines",
        "Read",
        "Repeat",
        "Result",
        "Seek",
        "SeekFrom",
        "Sink",
        "Split",
        "Stderr",
        "StderrLock",
        "Stdout",
        "StdoutLock",
        "Take",
        "Write",
        "WriterPanicked",
        "copy",
        "empty",
        "read_to_string",
        "repeat",
        "sink",
        "stderr",
        "stdout",
    ],
    missing: &["stdin", "Stdin", "StdinLock", "pipe", "PipeReader", "PipeWriter"],
};

const NET: Mirror = Mirror {
    name: "net",
    green: &["Incoming", "IntoIncoming", "TcpListener", "TcpStream", "ToSocketAddrs"],
    shared: &[
        "AddrParseError",
        "IpAddr",
        "Ipv4Addr",
        "Ipv6Addr",
        "Shutdown",
        "SocketAddr",
        "SocketAddrV4",
        "SocketAddrV6",
    ],
    missing: &["UdpSocket"],
};

const SYNC: Mirror = Mirror {
    name: "sync",
    green: &["mpsc"],
    shared: &[
        "Arc",
        "BarrierWaitResult",
        "LazyLock",
        "LockResult",
        "Mutex",
        "MutexGuard",
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
    missing: &["Barrier", "Condvar"],
};

const THREAD: Mirror = Mirror {
    name: "thread",
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
        "Scope",
        "ScopedJoinHandle",
        "park",
        "park_timeout",
        "park_timeout_ms",
        "scope",
        "sleep_ms",
        "sleep_until",
    ],
};

const TIME: Mirror = Mirror {
    name: "time",
    green: &[],
    shared: &[
        "Duration",
        "Instant",
        "SystemTime",
        "SystemTimeError",
        "TryFromFloatSecsError",
        "UNIX_EPOCH",
    ],
    missing: &[],
};

/// What blocks outside the mirrored modules, as paths below `std`.
pub const BLOCKING: &[&[&str]] =
    &[&["fs"], &["os", "unix", "net"], &["process", "Child"], &["process", "Command"]];
