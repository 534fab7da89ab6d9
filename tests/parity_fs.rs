//! `green::fs` held against std: the same tests, on OS threads and on green threads.

#![allow(
    clippy::non_octal_unix_permissions,
    reason = "what a macro has read from a file shows clippy no octal digits"
)]

#[path = "parity/fs_attributes.rs"]
mod std_fs_attributes;
#[path = "parity/fs_calls.rs"]
mod std_fs_calls;
#[path = "parity/fs_dirs.rs"]
mod std_fs_dirs;
#[path = "parity/fs_file.rs"]
mod std_fs_file;
#[path = "parity/fs_links.rs"]
mod std_fs_links;
#[path = "parity/fs_locks.rs"]
mod std_fs_locks;
#[path = "parity/fs_open.rs"]
mod std_fs_open;
#[path = "parity/fs_unix.rs"]
mod std_fs_unix;
#[path = "parity/fs_whole.rs"]
mod std_fs_whole;

eventlet::import_patched! {
    #[path = "parity/fs_file.rs"]
    mod green_fs_file;
    #[path = "parity/fs_calls.rs"]
    mod green_fs_calls;
    #[path = "parity/fs_open.rs"]
    mod green_fs_open;
    #[path = "parity/fs_dirs.rs"]
    mod green_fs_dirs;
    #[path = "parity/fs_links.rs"]
    mod green_fs_links;
    #[path = "parity/fs_whole.rs"]
    mod green_fs_whole;
    #[path = "parity/fs_attributes.rs"]
    mod green_fs_attributes;
    #[path = "parity/fs_unix.rs"]
    mod green_fs_unix;
    #[path = "parity/fs_locks.rs"]
    mod green_fs_locks;
}
