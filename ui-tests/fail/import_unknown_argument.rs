//! An argument that is for functions.

eventlet::import_patched! {
    #![spawn]

    pub mod empty {
        pub fn f() {}
    }
}

fn main() {
    empty::f();
}
