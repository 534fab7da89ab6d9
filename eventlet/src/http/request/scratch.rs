//! Memory for the parser: on the stack of every connection, it would cost each of them a page.

use httparse::Header;

use crate::http::spare::{self, Spare};

thread_local! {
    static HEADERS: Spare<Vec<Header<'static>>> = const { Spare::new() };
}

/// An empty list with room for so many headers.
pub(super) fn take<'a>(n_headers: usize) -> Vec<Header<'a>> {
    let mut headers = spare::take(&HEADERS).unwrap_or_default();
    headers.reserve(n_headers);
    headers
}

/// Keeps the memory of a list.
pub(super) fn give_back(mut headers: Vec<Header<'_>>) {
    headers.clear();
    // What was borrowed is forgotten with the last header, and the memory stays the same.
    let emptied = headers.into_iter().map(|_| httparse::EMPTY_HEADER).collect();
    spare::keep(&HEADERS, emptied);
}
