//! Found by its name alone, beside the root of the crate.

pub fn answer() -> u32 {
    42
}
