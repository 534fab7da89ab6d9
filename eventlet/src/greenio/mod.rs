//! Between the green sockets and the hub: try, and park only if it would block.
//!
//! ```text
//!   read ─► may be ready? ─yes─► system call ─► done          (one call, no switch)
//!              │ no                   │ would block
//!              └──────────┬───────────┘
//!                         ▼
//!                  park until ready, then try again
//! ```

mod flags;
mod source;

pub(crate) use flags::is_nonblocking;
pub(crate) use source::{Kind, Source};

pub(crate) use crate::hub::Direction;
