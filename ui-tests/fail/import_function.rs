//! Only modules can be imported.

eventlet::import_patched! {
    mod empty {}

    fn stray() {}
}

fn main() {
    stray();
}
