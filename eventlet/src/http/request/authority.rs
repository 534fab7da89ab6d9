//! Hosts and ports, in `Host` and in targets.

use std::net::Ipv6Addr;

/// Whether it is a host and perhaps a port: what `Host` may be.
///
/// It is stricter than the grammar of URIs in two things: there must be a host, and it has no comma,
/// since a list is what two such headers become when they are joined.
pub(super) fn is_authority(text: &[u8]) -> bool {
    split(text).is_some()
}

/// Whether it is a host and a port: the target of `CONNECT`.
pub(super) fn is_host_and_port(text: &[u8]) -> bool {
    split(text).is_some_and(|(_, port)| port.is_some_and(|port| !port.is_empty()))
}

/// A host and what is behind its colon, both well-formed.
fn split(text: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    let host_end = match text.first()? {
        b'[' => text.iter().position(|&byte| byte == b']')? + 1,
        _ => text.iter().position(|&byte| byte == b':').unwrap_or(text.len()),
    };
    let (host, rest) = text.split_at(host_end);
    let port = match rest {
        [] => None,
        [b':', port @ ..] => Some(port),
        _ => return None,
    };
    (is_host(host) && port.is_none_or(is_port)).then_some((host, port))
}

fn is_host(host: &[u8]) -> bool {
    match host {
        [b'[', address @ .., b']'] => {
            std::str::from_utf8(address).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok())
        }
        _ => !host.is_empty() && is_name(host),
    }
}

/// Whether these are characters of names, and escapes with two digits.
fn is_name(mut name: &[u8]) -> bool {
    loop {
        name = match name {
            [] => return true,
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                rest
            }
            [byte, rest @ ..]
                if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+;=".contains(byte) =>
            {
                rest
            }
            _ => return false,
        }
    }
}

/// Whether it is a port, or nothing.
fn is_port(port: &[u8]) -> bool {
    let is_number = port.iter().all(u8::is_ascii_digit);
    let number = std::str::from_utf8(port).ok().and_then(|digits| digits.parse::<u16>().ok());
    is_number && (port.is_empty() || number.is_some())
}
