//! A module whose file is nowhere.

eventlet::import_patched! {
    mod nowhere;
}

fn main() {
    nowhere::f();
}
