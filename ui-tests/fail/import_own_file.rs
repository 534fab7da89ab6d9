//! A file that is a module of itself.

eventlet::import_patched! {
    #[path = "import/own.rs"]
    mod own;
}

fn main() {}
