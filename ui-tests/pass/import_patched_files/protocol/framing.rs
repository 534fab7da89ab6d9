//! Two files deep.

pub const HEADER: u32 = std::time::Duration::from_secs(4).as_secs() as u32;
