//! `import_patched!` on modules in files, with modules below them, found as rustc finds them.
#![deny(warnings)]

eventlet::import_patched! {
    #[path = "import_patched_files/client.rs"]
    pub mod client;

    mod import_patched_helpers;
}

fn main() {
    for name in client::names() {
        assert!(name.starts_with("eventlet::"), "{name}");
    }
    assert_eq!(client::protocol::framing::HEADER, 4);
    assert_eq!(import_patched_helpers::answer(), 42);
}
