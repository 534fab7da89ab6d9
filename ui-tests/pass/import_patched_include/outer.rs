#![doc = include_str!("deep/text.txt")]

include!("items.in");

pub const TEXT: &str = include_str!("deep/text.txt");
pub const BYTES: &[u8] = core::include_bytes!("deep/text.txt");
pub const MANIFEST: &str = env!("CARGO_MANIFEST_DIR");

#[cfg(any())]
include!("nowhere.in");

pub mod deep;

pub fn in_a_macro() -> Vec<&'static str> {
    vec![include_str!("deep/text.txt",)]
}

pub fn sum() -> u32 {
    let sum = std::include!("sum.in");
    sum
}

pub fn block() -> u32 {
    include!("sum.in")
}
