//! Needs no async.

use eventlet::green;

#[green::main]
async fn main() {}
