//! A file that ends too early.

eventlet::import_patched! {
    #[path = "import/cut.rs"]
    mod cut;
}

fn main() {}
