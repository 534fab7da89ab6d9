//! A lifetime borrows from the caller as a reference does.

use eventlet::green;
use std::borrow::Cow;

#[green(spawn)]
fn show<'a>(text: Cow<'a, str>) {
    println!("{text}");
}

fn main() {
    show("x".into());
}
