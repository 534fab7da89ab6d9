//! A file that is no text.

eventlet::import_patched! {
    #[path = "import/not_text.rs"]
    mod not_text;
}

fn main() {}
