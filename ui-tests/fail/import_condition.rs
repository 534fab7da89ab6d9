//! A path that depends on a condition: only the file of the one that holds is looked at.

eventlet::import_patched! {
    #[cfg_attr(any(), path = "import/broken.rs")]
    #[cfg_attr(all(), path = "import/no_such_file.rs")]
    mod conditional;
}

fn main() {}
