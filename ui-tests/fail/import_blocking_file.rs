//! A blocking call in a file is shown with line and column.

eventlet::import_patched! {
    #[path = "import/blocking.rs"]
    mod blocking;
}

fn main() {
    blocking::wait();
}
