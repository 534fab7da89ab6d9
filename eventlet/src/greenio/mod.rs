//! Between the green sockets and the hub: try, and park only if it would block.
//!
//! ```text
//!   read ─► may be ready? ─yes─► system call ─► done          (one call, no switch)
//!              │ no                   │ would block
//!              └──────────┬───────────┘
//!                         ▼
//!                  park until ready, then try again
//! ```

mod accept;
mod address;
mod adopt;
mod at_once;
#[cfg(feature = "ssl")]
mod attempt;
mod child;
mod connect;
mod flags;
mod listen;
mod pauses;
mod share;
mod shared;
mod shutdown;
mod socket;
mod source;
mod stdin;
mod stream;
mod unix;

pub(crate) use accept::accept;
pub(crate) use adopt::{adopt, release};
pub(crate) use at_once::{AtOnce, move_at_once, read_at_once, write_at_once};
pub(crate) use child::{block_until_exit, pidfd_open};
pub(crate) use connect::begin_connect;
pub(crate) use flags::is_nonblocking;
pub(crate) use listen::{ListenOptions, listen_at};
pub(crate) use pauses::{Pauses, lacks_descriptors};
pub(crate) use share::{Sharing, share_port};
pub(crate) use source::{Kind, Source};
pub(crate) use stdin::{is_stdin_on_disk, read_stdin, stdin_fd};
pub(crate) use stream::total;
pub(crate) use unix::connect_unix;

pub(crate) use crate::hub::Direction;
