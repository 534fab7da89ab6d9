//! A type error in a file: the compiler knows the module, not the line.

eventlet::import_patched! {
    #[path = "import/type_error.rs"]
    mod type_error;
}

fn main() {}
