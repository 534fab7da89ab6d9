//! Found beside the file of the invocation.

pub fn f() {}
