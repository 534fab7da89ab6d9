//! Found in the folder called like the file of the invocation.

pub fn f() {}
