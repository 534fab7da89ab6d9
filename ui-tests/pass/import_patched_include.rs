//! `include!` and its kin in files and inline modules: relative to the file they stand in, and
//! rewritten.
#![deny(warnings)]

eventlet::import_patched! {
    #[path = "import_patched_include/outer.rs"]
    mod outer;

    mod inline {
        include!("import_patched_include/items.in");

        pub fn twice() -> u32 {
            2 * include!("import_patched_include/sum.in")
        }
    }
}

fn main() {
    for name in [outer::deep::name(), outer::name(), inline::name(), inline::below::name()] {
        assert!(name.starts_with("eventlet::"), "{name}");
    }
    assert_eq!(outer::TEXT, "text\n");
    assert_eq!(outer::TEXT.as_bytes(), outer::BYTES);
    assert_eq!(outer::in_a_macro(), vec!["text\n"]);
    assert_eq!((outer::sum(), inline::twice()), (3, 6));
    assert_eq!(outer::block(), 3);
    assert_eq!(outer::MANIFEST, env!("CARGO_MANIFEST_DIR"));
}
