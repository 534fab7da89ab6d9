//! Macros that a patched module exports.
#![deny(warnings)]
#![allow(macro_expanded_macro_exports_accessed_by_absolute_paths)]

eventlet::import_patched! {
    #[path = "import_patched_macros/exported.rs"]
    mod exported;
}

fn main() {
    for name in [exported::name(), crate::outer!()] {
        assert!(name.starts_with("eventlet::"), "{name}");
    }
}
