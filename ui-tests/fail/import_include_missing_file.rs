//! An included file that is not there.

eventlet::import_patched! {
    #[path = "import/including_nothing.rs"]
    mod including_nothing;
}

fn main() {}
