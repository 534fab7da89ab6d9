//! Nothing of std that waits.

pub type Map = std::collections::HashMap<u32, u32>;
