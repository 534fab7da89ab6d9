//! What may follow the size of a chunk: `;name`, `;name=token`, `;name="quoted"`.
//!
//! Nobody uses extensions. They are read strictly because a line that two servers read differently
//! is a way to hide a request from one of them.

use super::codings::is_token;

/// Whether these are extensions, or nothing. They are what is left of a line, which has no CR or LF.
pub(super) fn are_well_formed(mut text: &[u8]) -> bool {
    while !text.is_empty() {
        match extension(text) {
            Some(rest) => text = rest,
            None => return false,
        }
    }
    true
}

/// What follows the first extension.
fn extension(text: &[u8]) -> Option<&[u8]> {
    let text = skip_blanks(text).strip_prefix(b";")?;
    let rest = token(skip_blanks(text))?;
    match skip_blanks(rest).strip_prefix(b"=").map(skip_blanks) {
        Some([b'"', quoted @ ..]) => end_of_quotes(quoted),
        Some(value) => token(value),
        None => Some(rest),
    }
}

/// What follows a name, which there must be.
fn token(text: &[u8]) -> Option<&[u8]> {
    let length = text.iter().take_while(|byte| is_token(byte)).count();
    (length > 0).then(|| &text[length..])
}

/// What follows the closing quotes.
fn end_of_quotes(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        text = match text {
            [b'"', rest @ ..] => return Some(rest),
            [b'\\', byte, rest @ ..] | [byte, rest @ ..] if is_text(*byte) => rest,
            _ => return None,
        }
    }
}

fn is_text(byte: u8) -> bool {
    byte == b'\t' || !byte.is_ascii_control()
}

fn skip_blanks(text: &[u8]) -> &[u8] {
    let length = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    &text[length..]
}
