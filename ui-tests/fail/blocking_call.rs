//! A call that would block every green thread.

use eventlet::green;

#[green]
fn read() -> std::io::Result<String> {
    std::fs::read_to_string("notes.txt")
}

fn main() {
    let _ = read();
}
