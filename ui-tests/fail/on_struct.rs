//! There is nothing to swap in a struct.

use eventlet::green;

#[green]
struct Client;

fn main() {
    let _ = Client;
}
