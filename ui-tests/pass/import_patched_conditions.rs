//! Modules whose file depends on a condition: the one that holds is there, patched, and the others
//! may be missing, or wrong.
#![deny(warnings)]

eventlet::import_patched! {
    #[cfg_attr(any(), path = "import_patched_conditions/never.rs")]
    #[cfg_attr(unix, path = "import_patched_conditions/unix.rs", allow(dead_code))]
    #[cfg_attr(all(), path = "import_patched_conditions/nowhere.rs")]
    mod by_path;

    #[path = "import_patched_conditions/outer.rs"]
    mod outer;
}

fn main() {
    for name in [by_path::name(), outer::name(), outer::by_macro::name()] {
        assert!(name.starts_with("eventlet::"), "{name}");
    }
}
