//! Not Rust.

fn f() {
    let x = ;
}
