//! What HTTP servers serve.

use std::sync::LazyLock;

/// The answer to every request, with its type.
pub(crate) struct Page {
    pub(crate) content_type: &'static str,
    pub(crate) body: &'static str,
}

pub(crate) static HELLO: LazyLock<Page> =
    LazyLock::new(|| Page { content_type: "text/plain", body: "Hello, World!" });

/// 1,024 bytes. Peers answer with a copy of their own each time, as of something just made.
pub(crate) static JSON: LazyLock<Page> = LazyLock::new(|| {
    let body = format!("{{\"data\":\"{}\"}}", "x".repeat(1013));
    Page { content_type: "application/json", body: body.leak() }
});
