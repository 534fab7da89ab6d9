//! An import of something that would block, reported once.

use eventlet::green;

#[green]
mod notes {
    use std::{collections::HashMap, fs};

    pub fn read(from: &[String]) -> HashMap<String, Vec<u8>> {
        from.iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
    }
}

fn main() {
    let _ = notes::read;
}
