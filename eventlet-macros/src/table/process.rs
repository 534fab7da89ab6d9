//! What is swapped of `std::process` and of what belongs to it.

use super::Mirror;

pub const ALL: &[Mirror] = &[PROCESS, UNIX, LINUX];

const PROCESS: Mirror = Mirror {
    group: "process",
    path: &["process"],
    green: &["Child", "ChildStderr", "ChildStdin", "ChildStdout", "Command"],
    shared: &[
        "CommandArgs",
        "CommandEnvs",
        "ExitCode",
        "ExitStatus",
        "Output",
        "Stdio",
        "Termination",
        "abort",
        "exit",
        "id",
    ],
    missing: &[],
};

const UNIX: Mirror = Mirror {
    group: "process",
    path: &["os", "unix", "process"],
    green: &["CommandExt"],
    shared: &["ExitStatusExt", "parent_id"],
    missing: &[],
};

/// All of it is unstable, so nothing is ever swapped.
const LINUX: Mirror = Mirror {
    group: "process",
    path: &["os", "linux", "process"],
    green: &[],
    shared: &[],
    missing: &[],
};
