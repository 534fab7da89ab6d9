//! What is swapped of `std::process` and of what belongs to it.

use super::Mirror;

pub const ALL: &[Mirror] = &[];
