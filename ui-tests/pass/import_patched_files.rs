//! `import_patched!` on modules in files, with modules below them, found as rustc finds them.
#![deny(warnings)]

eventlet::import_patched! {
    #[path = "import_patched_files/client.rs"]
    pub mod client;

    mod import_patched_helpers;

    /// Lines end in two bytes, and before the first one are a byte order mark and a shebang.
    #[path = "import_patched_files/odd_bytes.rs"]
    mod odd_bytes;
}

fn main() {
    for name in client::names() {
        assert!(name.starts_with("eventlet::"), "{name}");
    }
    assert!(odd_bytes::name().starts_with("eventlet::"));
    assert_eq!(odd_bytes::TEXT, "a\nb");
    assert_eq!(client::protocol::framing::HEADER, 4);
    assert_eq!(import_patched_helpers::answer(), 42);
}
