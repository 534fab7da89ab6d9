//! Times and sizes that are no numbers, or too large.

use eventlet::green;

#[green(timeout = "s")]
fn no_number() -> Result<(), eventlet::TimedOut> {
    Ok(())
}

#[green(timeout = "99999999999999999999h")]
fn too_long() -> Result<(), eventlet::TimedOut> {
    Ok(())
}

#[green(spawn, stack_size = "1.2.3KiB")]
fn two_points() {}

#[green(spawn, stack_size = true)]
fn no_size() {}

fn main() {}
