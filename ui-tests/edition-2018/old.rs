//! A file of 2018: what it means depends on its edition, wherever the macro that reads it is from.

#![allow(array_into_iter)]

use std::any::type_name;
use std::cell::RefCell;
use std::net::TcpStream;

/// A keyword of 2024.
pub fn gen() -> &'static str {
    type_name::<TcpStream>()
}

/// Notes when it is dropped.
struct Noting<'n>(&'n RefCell<Vec<u32>>, u32);

impl Drop for Noting<'_> {
    fn drop(&mut self) {
        self.0.borrow_mut().push(self.1);
    }
}

/// Until 2024, what is matched by an `if let` lives on in `else`.
pub fn order() -> Vec<u32> {
    let dropped = RefCell::new(Vec::new());
    if let (_, None) = (&Noting(&dropped, 2), Some(())) {
    } else {
        drop(Noting(&dropped, 1));
    }
    dropped.into_inner()
}

/// Until 2021, an array's `into_iter` gives references.
pub fn sum() -> u32 {
    [1, 2, 3].into_iter().map(|n: &u32| *n).sum()
}
