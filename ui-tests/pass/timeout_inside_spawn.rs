//! With `spawn` the timeout runs in the green thread, and its error is the thread's value.
#![deny(warnings)]

use std::io;

use eventlet::green;

#[green(spawn, timeout = "20ms")]
fn late(by: std::time::Duration) -> io::Result<&'static str> {
    std::thread::sleep(by);
    Ok("in time")
}

fn main() {
    use std::time::Duration;
    assert_eq!(late(Duration::ZERO).wait().unwrap().unwrap(), "in time");
    let error = late(Duration::from_millis(200)).wait().unwrap().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
}
