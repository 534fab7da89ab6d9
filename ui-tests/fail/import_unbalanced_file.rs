//! A file of which not even tokens can be made.

eventlet::import_patched! {
    #[path = "import/unbalanced.rs"]
    mod unbalanced;
}

fn main() {}
