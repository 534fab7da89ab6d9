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
    let host_len = match text.first()? {
        b'[' => address_len(text)?,
        _ => name_len(text),
    };
    let (host, rest) = text.split_at(host_len);
    let port = match rest {
        [] => None,
        [b':', port @ ..] => Some(port),
        _ => return None,
    };
    (!host.is_empty() && port.is_none_or(is_port)).then_some((host, port))
}

/// How long the address in brackets is that this begins with, if it is one.
fn address_len(text: &[u8]) -> Option<usize> {
    let end = text.iter().position(|&byte| byte == b']')?;
    std::str::from_utf8(&text[1..end]).ok()?.parse::<Ipv6Addr>().ok()?;
    Some(end + 1)
}

/// How many characters of names this begins with, and escapes with two digits.
fn name_len(text: &[u8]) -> usize {
    let mut length = 0;
    loop {
        let rest = &text[length..];
        length += rest.iter().position(|&byte| !OF_NAMES[usize::from(byte)]).unwrap_or(rest.len());
        match &text[length..] {
            [b'%', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                length += 3;
            }
            _ => return length,
        }
    }
}

/// What names are made of, besides escapes.
static OF_NAMES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let mut others: &[u8] = b"-._~!$&'()*+;=";
    while let [byte, rest @ ..] = others {
        table[*byte as usize] = true;
        others = rest;
    }
    table
};

/// Whether it is a port, or nothing.
fn is_port(port: &[u8]) -> bool {
    const TOO_LARGE: u32 = 1 << 16;
    let mut number = 0;
    port.iter().all(|byte| {
        number = number * 10 + u32::from(byte & 15);
        byte.is_ascii_digit() && number < TOO_LARGE
    })
}
