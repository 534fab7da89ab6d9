//! A module whose file could be two.

eventlet::import_patched! {
    mod import_ambiguous;
}

fn main() {
    import_ambiguous::f();
}
