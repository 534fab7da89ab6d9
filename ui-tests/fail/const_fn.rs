//! A `const fn` cannot wait.

use eventlet::green;

#[green]
const fn limit() -> u8 {
    3
}

fn main() {
    limit();
}
