//! What std has inside of mirrored modules on nightly only, as of Rust 1.95.

/// An item or a module of std that is not stable.
pub struct Unstable {
    /// Its path below `std`.
    pub path: &'static [&'static str],
    /// What to do instead, as an imperative; none if it never waits and may stay std's.
    pub instead: Option<&'static str>,
}

pub const UNSTABLE: &[Unstable] = &[
    waits(&["fs", "Dir"], "use `std::fs::read_dir` and `std::fs::File::open`"),
    waits(&["fs", "set_permissions_nofollow"], "use `std::fs::set_permissions`"),
    waits(&["fs", "set_times"], SET_TIMES),
    waits(&["fs", "set_times_nofollow"], SET_TIMES),
    never_waits(&["io", "BorrowedBuf"]),
    never_waits(&["io", "BorrowedCursor"]),
    never_waits(&["io", "RawOsError"]),
    never_waits(&["io", "const_error"]),
    never_waits(&["net", "Ipv6MulticastScope"]),
    never_waits(&["net", "hostname"]),
    waits(&["os", "linux", "net", "UnixSocketExt"], "call `libc::setsockopt` on the descriptor"),
    waits(&["os", "linux", "process"], "use `std::process::Child::wait`, which waits on a pidfd"),
    waits(&["os", "unix", "fs", "DirEntryExt2"], "use `std::fs::DirEntry::file_name`"),
    waits(&["os", "unix", "fs", "mkfifo"], "call `libc::mkfifo`, which does not wait"),
    waits(&["os", "unix", "net", "AncillaryData"], ANCILLARY),
    waits(&["os", "unix", "net", "AncillaryError"], ANCILLARY),
    waits(&["os", "unix", "net", "Messages"], ANCILLARY),
    waits(&["os", "unix", "net", "ScmCredentials"], ANCILLARY),
    waits(&["os", "unix", "net", "ScmRights"], ANCILLARY),
    waits(&["os", "unix", "net", "SocketAncillary"], ANCILLARY),
    waits(&["os", "unix", "net", "SocketCred"], ANCILLARY),
    waits(&["os", "unix", "net", "UCred"], "call `libc::getsockopt` on the descriptor"),
    waits(
        &["os", "unix", "process", "ChildExt"],
        "call `libc::kill` with `std::process::Child::id`",
    ),
    never_waits(&["process", "ExitStatusError"]),
    never_waits(&["sync", "Exclusive"]),
    waits(&["sync", "MappedMutexGuard"], WHOLE_GUARD),
    waits(&["sync", "MappedRwLockReadGuard"], WHOLE_GUARD),
    waits(&["sync", "MappedRwLockWriteGuard"], WHOLE_GUARD),
    waits(&["sync", "ReentrantLock"], LOCK_ONCE),
    waits(&["sync", "ReentrantLockGuard"], LOCK_ONCE),
    never_waits(&["sync", "UniqueArc"]),
    waits(&["sync", "mpmc"], "share a `std::sync::mpsc::Receiver` in a `std::sync::Mutex`"),
    waits(&["sync", "nonpoison"], "use the locks of `std::sync`, and `PoisonError::into_inner`"),
    waits(&["sync", "oneshot"], "use `std::sync::mpsc::sync_channel(1)`"),
    waits(&["sync", "poison"], "name the same types in `std::sync`"),
    waits(&["thread", "add_spawn_hook"], "do it first in the closures that are spawned"),
    waits(&["thread", "current_id"], "call `std::thread::current().id()`"),
    waits(&["thread", "sleep_until"], "call `std::thread::sleep` with the time that is left"),
];

const SET_TIMES: &str = "open the file and call `std::fs::File::set_times`";
const ANCILLARY: &str = "call `libc::sendmsg` or `recvmsg` after `eventlet::hubs::trampoline`";
const WHOLE_GUARD: &str = "keep the guard of the whole value";
const LOCK_ONCE: &str = "use `std::sync::Mutex`, and lock it once";

const fn waits(path: &'static [&'static str], instead: &'static str) -> Unstable {
    Unstable { path, instead: Some(instead) }
}

const fn never_waits(path: &'static [&'static str]) -> Unstable {
    Unstable { path, instead: None }
}
