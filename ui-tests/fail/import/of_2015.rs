//! In edition 2015, this is a name.

pub fn async() {}
