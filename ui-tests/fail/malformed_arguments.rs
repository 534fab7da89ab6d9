//! Arguments that cannot be read say how they are written.

use eventlet::green;

#[green(timeout = )]
fn no_value() {}

#[green(spawn, name = worker)]
fn no_quotes() {}

#[green(crate = eventlet)]
fn no_quotes_for_crate() {}

#[green(crate = "")]
fn no_crate() {}

#[green(only(net) spawn)]
fn no_comma() {}

#[green(timeout: "5s")]
fn colon() {}

#[green("5s")]
fn no_name() {}

fn main() {}
