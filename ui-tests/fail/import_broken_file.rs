//! A file that is not Rust is shown with line and column.

eventlet::import_patched! {
    #[path = "import/broken.rs"]
    mod broken;
}

fn main() {}
