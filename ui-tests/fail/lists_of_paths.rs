//! Lists of modules and paths that are none.

use eventlet::green;

#[green(only)]
fn only_alone() {}

#[green(only())]
fn only_nothing() {}

#[green(except = "net")]
fn except_text() {}

#[green(allow)]
fn allow_alone() {}

#[green(allow(fs))]
fn allow_without_std() {}

#[green(allow(std))]
fn allow_all() {}

#[green(allow(std::os::unix::thread::JoinHandleExt = 1))]
fn allow_value() {}

fn main() {}
