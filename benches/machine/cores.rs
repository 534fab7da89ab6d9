//! Who runs where: the servers and jobs on one core, the load generator on another.

use std::mem::zeroed;
use std::sync::OnceLock;

/// Two of the cores that this process may use.
struct Cores {
    server: usize,
    client: usize,
}

static CORES: OnceLock<Cores> = OnceLock::new();

/// Chooses the cores and takes the load generator's; `false` if there is only one.
pub(super) fn settle() -> bool {
    let allowed = allowed();
    let server = allowed.first().copied().unwrap_or(0);
    let client = allowed.get(1).copied().unwrap_or(server);
    pin_to(CORES.get_or_init(|| Cores { server, client }).client);
    client != server
}

/// Starts what `start` starts on the core of the servers: affinity is inherited.
pub(crate) fn on_server_core<T>(start: impl FnOnce() -> T) -> T {
    let Some(cores) = CORES.get() else { return start() };
    pin_to(cores.server);
    let started = start();
    pin_to(cores.client);
    started
}

/// The numbers of the cores that the calling thread may use.
fn allowed() -> Vec<usize> {
    // SAFETY: a CPU set is plain data, and all zeroes is the empty set.
    let mut set: libc::cpu_set_t = unsafe { zeroed() };
    // SAFETY: the set may be written for its size, and 0 means this thread.
    unsafe { libc::sched_getaffinity(0, size_of_val(&set), &raw mut set) };
    // SAFETY: the set is initialised, and no number is beyond it.
    let contains = |core| unsafe { libc::CPU_ISSET(core, &set) };
    (0..libc::CPU_SETSIZE as usize).filter(|core| contains(*core)).collect()
}

fn pin_to(core: usize) {
    // SAFETY: as in `allowed`.
    let mut set: libc::cpu_set_t = unsafe { zeroed() };
    // SAFETY: the set is initialised; a core number beyond it is ignored.
    unsafe { libc::CPU_SET(core, &mut set) };
    // SAFETY: the set is valid for its size, and 0 means this thread.
    unsafe { libc::sched_setaffinity(0, size_of_val(&set), &raw const set) };
}
