//! What a mirror lacks is found through a glob, `self`, `super` and the arguments of macros.

use eventlet::green;

#[green]
mod globs {
    use std::os::unix::prelude::*;

    pub fn raw<T: JoinHandleExt>(_: T) {}
}

#[green]
mod modules {
    use std::os::*;
    use std::os::unix as system;

    pub fn first(_: impl self::system::thread::JoinHandleExt) {}
    pub fn second(_: impl unix::thread::JoinHandleExt) {}

    mod inner {
        macro_rules! apply {
            ($trait:path) => {
                pub fn third(_: impl $trait) {}
            };
        }
        apply!(super::system::thread::JoinHandleExt);
    }
}

fn main() {}
