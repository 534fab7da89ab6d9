//! Lists in header fields.

use ::http::{HeaderMap, HeaderName, HeaderValue};

/// The elements of a list that may be spread over several fields; none if one is not text.
pub(super) fn list(headers: &HeaderMap, name: impl Into<HeaderName>) -> impl Iterator<Item = &str> {
    let fields = headers.get_all(name.into()).into_iter().filter_map(|field| field.to_str().ok());
    let elements = fields.flat_map(|field| field.split(',')).map(str::trim);
    elements.filter(|element| !element.is_empty())
}

/// Whether a list has this element, in whatever case.
pub(super) fn lists(headers: &HeaderMap, name: impl Into<HeaderName>, element: &str) -> bool {
    list(headers, name).any(|other| other.eq_ignore_ascii_case(element))
}

/// The value of a field that may be there once only: `Err` if there are several.
pub(super) fn only(
    headers: &HeaderMap,
    name: impl Into<HeaderName>,
) -> Result<Option<&HeaderValue>, ()> {
    let mut fields = headers.get_all(name.into()).into_iter();
    let first = fields.next();
    if fields.next().is_some() { Err(()) } else { Ok(first) }
}
