//! An identifier of edition 2015 that is a keyword now.

eventlet::import_patched! {
    #[path = "import/of_2015.rs"]
    mod of_2015;
}

fn main() {}
