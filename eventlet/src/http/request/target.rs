//! What may be asked for.

use ::http::Method;

use super::authority::{is_authority, is_host_and_port};
use super::{BadRequest, bad};

/// Refuses what is neither a path nor an absolute address; with `CONNECT`, what is no host and port.
pub(super) fn check(target: &[u8], method: &Method) -> Result<(), BadRequest> {
    let is_right_form = match target {
        _ if *method == Method::CONNECT => is_host_and_port(target),
        [b'/', ..] => true,
        b"*" => *method == Method::OPTIONS,
        _ => is_absolute(target),
    };
    if is_right_form && target.iter().all(is_allowed) {
        Ok(())
    } else {
        Err(bad("malformed target"))
    }
}

/// Visible ASCII but what no browser sends as it is. Browsers do send some that URIs do not have.
fn is_allowed(byte: &u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'#' | b'"' | b'<' | b'>')
}

/// Whether it is `scheme://authority`, whatever follows.
fn is_absolute(target: &[u8]) -> bool {
    let Some(at) = target.windows(3).position(|three| three == b"://") else { return false };
    let (scheme, rest) = (&target[..at], &target[at + 3..]);
    let authority = rest.split(|byte| b"/?#".contains(byte)).next().unwrap_or_default();
    let is_of_scheme = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
    scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(is_of_scheme)
        && is_authority(authority)
}
