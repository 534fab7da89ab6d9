//! A module in a file that has no file of its own: told where it is declared.

eventlet::import_patched! {
    #[path = "import/parent.rs"]
    mod parent;
}

fn main() {}
