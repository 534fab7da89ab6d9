//! Modules in which there is nothing to swap: a warning, made an error here.
#![deny(deprecated)]

eventlet::import_patched! {
    #[path = "import/plain.rs"]
    mod plain;

    mod other {}
}

fn main() {}
