//! What is swapped of `std::fs` and of what belongs to it.

use super::Mirror;
use super::thread::JOIN_HANDLE_EXT;

pub const ALL: &[Mirror] = &[FS, UNIX, PRELUDE];

const FS: Mirror = Mirror {
    group: "fs",
    path: &["fs"],
    green: &[
        "DirBuilder",
        "DirEntry",
        "File",
        "OpenOptions",
        "ReadDir",
        "canonicalize",
        "copy",
        "create_dir",
        "create_dir_all",
        "exists",
        "hard_link",
        "metadata",
        "read",
        "read_dir",
        "read_link",
        "read_to_string",
        "remove_dir",
        "remove_dir_all",
        "remove_file",
        "rename",
        "set_permissions",
        "soft_link",
        "symlink_metadata",
        "write",
    ],
    shared: &["FileTimes", "FileType", "Metadata", "Permissions", "TryLockError"],
    missing: &[],
};

const UNIX: Mirror = Mirror {
    group: "fs",
    path: &["os", "unix", "fs"],
    green: &[
        "DirBuilderExt",
        "DirEntryExt",
        "FileExt",
        "OpenOptionsExt",
        "chown",
        "chroot",
        "fchown",
        "lchown",
        "symlink",
    ],
    shared: &["FileTypeExt", "MetadataExt", "PermissionsExt"],
    missing: &[],
};

/// It has the traits of `process` and `thread` as well; those of files are what it is used for.
const PRELUDE: Mirror = Mirror {
    group: "fs",
    path: &["os", "unix", "prelude"],
    green: &["CommandExt", "DirEntryExt", "FileExt", "OpenOptionsExt"],
    shared: &[
        "AsFd",
        "AsRawFd",
        "BorrowedFd",
        "ExitStatusExt",
        "FileTypeExt",
        "FromRawFd",
        "IntoRawFd",
        "MetadataExt",
        "OsStrExt",
        "OsStringExt",
        "OwnedFd",
        "PermissionsExt",
        "RawFd",
    ],
    missing: &[JOIN_HANDLE_EXT],
};
