//! A blocking module that is reached by another name of std.

use eventlet::green;

#[green]
mod reader {
    use std as s;

    pub fn read() {
        let _ = s::fs::read("x");
    }
}

fn main() {
    reader::read();
}
