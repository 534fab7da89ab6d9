//! What of std is swapped, and what is known to block: the single source of truth.
//!
//! A green mirror re-exports whatever in its std counterpart never waits, so a whole module can be
//! swapped. `ui-tests` includes this folder and holds every entry against std and the runtime crate.

mod fs;
mod io;
mod net;
mod process;
mod sync;
mod thread;
mod time;
pub mod unstable;

pub use unstable::UNSTABLE;

/// A module of std that has a mirror at the same path below `eventlet::green`.
#[allow(dead_code, reason = "the lists of what exists are read by ui-tests alone")]
pub struct Mirror {
    /// What `only(..)` and `except(..)` call it. Modules that make no sense without each other,
    /// such as `net` and `os::unix::net`, go by one name.
    pub group: &'static str,
    /// The module's path, in std and in `eventlet::green`. An empty one stands for the macros at
    /// the root of std, of which only those listed are swapped.
    pub path: &'static [&'static str],
    /// What waits in std and has a green form in the mirror.
    pub green: &'static [&'static str],
    /// What is the same item in the mirror: what never waits.
    pub shared: &'static [&'static str],
    /// What has no green form: naming it is an error, unless allowed.
    pub missing: &'static [Missing],
}

/// An item of std that a mirror lacks.
pub struct Missing {
    /// Its name.
    pub name: &'static str,
    /// What to do instead, as an imperative.
    pub instead: &'static str,
}

/// The modules of std that are swapped, group by group.
pub const MIRRORS: &[&[Mirror]] =
    &[fs::ALL, io::ALL, net::ALL, process::ALL, sync::ALL, thread::ALL, time::ALL];

/// All mirrors.
pub fn mirrors() -> impl Iterator<Item = &'static Mirror> {
    MIRRORS.iter().copied().flatten()
}
