//! An argument that is not in `#![..]`.

eventlet::import_patched! {
    only(net)

    mod empty {}
}

fn main() {}
