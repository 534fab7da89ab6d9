//! Declares what is not there.

pub mod child {
    pub mod nowhere;
}
