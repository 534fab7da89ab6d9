//! Reads a file.

use std::io::Read;

pub fn read() -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open("notes.txt")?.read_to_string(&mut text)?;
    Ok(text)
}
