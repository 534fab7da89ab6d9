//! A kill unwinds, which a foreign ABI forbids.

use eventlet::green;

#[green(spawn)]
extern "C" fn callback(code: i32) {
    let _ = code;
}

fn main() {
    callback(1);
}
