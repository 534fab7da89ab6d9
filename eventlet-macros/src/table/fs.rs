//! What is swapped of `std::fs` and of what belongs to it.

use super::Mirror;

pub const ALL: &[Mirror] = &[];
