//! `#[green::main]` on a `main` that returns an `ExitCode`.
#![deny(warnings)]

use eventlet::green;

#[green::main]
fn main() -> std::process::ExitCode {
    std::thread::yield_now();
    std::process::ExitCode::SUCCESS
}
