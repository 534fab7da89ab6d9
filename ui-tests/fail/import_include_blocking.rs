//! A call that blocks, in an included file, and a file that is not one expression.

eventlet::import_patched! {
    #[path = "import/including.rs"]
    mod including;

    mod inline {
        fn f() {
            include!("import/blocking_value.in")
        }
    }
}

fn main() {}
