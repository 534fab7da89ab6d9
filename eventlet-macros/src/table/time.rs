//! What is swapped of `std::time` and of what belongs to it.

use super::Mirror;

pub const ALL: &[Mirror] = &[TIME];

const TIME: Mirror = Mirror {
    group: "time",
    path: &["time"],
    green: &[],
    shared: &[
        "Duration",
        "Instant",
        "SystemTime",
        "SystemTimeError",
        "TryFromFloatSecsError",
        "UNIX_EPOCH",
    ],
    missing: &[],
};
