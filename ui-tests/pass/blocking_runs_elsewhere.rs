//! A `blocking` body keeps its paths into std and runs on a native thread.
#![deny(warnings)]

use eventlet::green;

#[green(blocking)]
fn native_thread() -> std::thread::ThreadId {
    std::thread::current().id()
}

#[green(blocking)]
fn read(path: String) -> std::io::Result<usize> {
    let text = std::fs::read_to_string(path)?;
    if text.is_empty() {
        return Ok(0);
    }
    Ok(text.len())
}

#[green(blocking)]
fn describe() -> impl std::fmt::Display + Send {
    "opaque"
}

fn main() {
    assert_ne!(native_thread(), std::thread::current().id());
    assert!(read(file!().to_owned()).is_ok_and(|length| length > 0) || read("/".into()).is_err());
    assert_eq!(describe().to_string(), "opaque");
}
