#[cfg(unix)]
#[path = "unix.rs"]
#[allow(dead_code)]
mod imp;
#[cfg(not(unix))]
mod imp;

#[cfg(windows)]
mod nowhere;

#[cfg(not(all()))]
mod never;

mod off;

pub use self::imp::name;
