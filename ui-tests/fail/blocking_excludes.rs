//! What makes no sense for a body that runs on a native thread as it is.

use eventlet::green;

#[green(blocking, name = "worker")]
fn named() {}

#[green(blocking, stack_size = "64KiB")]
fn sized() {}

#[green(blocking, except(net))]
fn excepted() {}

#[green(blocking, allow(std::sync::mpmc))]
fn allowed() {}

fn main() {}
