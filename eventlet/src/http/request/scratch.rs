//! Memory for the parser, kept for the next request on the same OS thread: on the stack of every
//! connection, it would cost each of them a page.

use std::cell::Cell;

use httparse::Header;

thread_local! {
    static HEADERS: Cell<Vec<Header<'static>>> = const { Cell::new(Vec::new()) };
}

/// An empty list with room for so many headers.
pub(super) fn take<'a>(n_headers: usize) -> Vec<Header<'a>> {
    let mut headers = HEADERS.try_with(Cell::take).unwrap_or_default();
    headers.reserve(n_headers);
    headers
}

/// Keeps the memory of a list.
pub(super) fn give_back(mut headers: Vec<Header<'_>>) {
    headers.clear();
    // What was borrowed is forgotten with the last header, and the memory stays the same.
    let emptied = headers.into_iter().map(|_| Header { name: "", value: b"" }).collect();
    // At the end of an OS thread nobody needs it any more.
    let _ = HEADERS.try_with(|kept| kept.set(emptied));
}
