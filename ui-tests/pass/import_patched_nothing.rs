//! `import_patched!` where there is nothing to swap, on purpose.
#![deny(warnings)]

eventlet::import_patched! {
    #[allow(deprecated)]
    mod same {
        pub type Map = std::collections::HashMap<u32, u32>;
    }

    mod other {}
}

fn main() {
    assert!(same::Map::new().is_empty());
}
