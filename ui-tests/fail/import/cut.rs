//! The value is missing.

const CUT: u32 =
