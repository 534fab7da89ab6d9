//! What a server makes of a client's request.

use ::http::header::{
    CONNECTION, CONTENT_LENGTH, HOST, ORIGIN, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
    SEC_WEBSOCKET_VERSION, TRANSFER_ENCODING, UPGRADE,
};
use ::http::{HeaderMap, HeaderValue, Method, StatusCode, Version};
use tungstenite::handshake::derive_accept_key;

use super::tokens::{list, lists, only};
use crate::websocket::Config;

/// What both sides have agreed on.
#[derive(Debug)]
pub(in crate::websocket) struct Agreed {
    /// The answer to the client's key.
    pub(in crate::websocket) accept: String,
    pub(in crate::websocket) protocol: Option<String>,
    pub(in crate::websocket) version: u8,
}

/// Why there will be no connection.
#[derive(Debug)]
pub(in crate::websocket) struct Refusal {
    pub(in crate::websocket) status: StatusCode,
    pub(in crate::websocket) why: &'static str,
}

impl Refusal {
    /// Says which versions there are, if that was the trouble.
    pub(in crate::websocket) fn versions(&self) -> Option<&'static str> {
        (self.status == StatusCode::UPGRADE_REQUIRED).then_some("13, 8")
    }
}

pub(super) fn refuse(status: StatusCode, why: &'static str) -> Refusal {
    Refusal { status, why }
}

fn bad(why: &'static str) -> Refusal {
    refuse(StatusCode::BAD_REQUEST, why)
}

/// Looks at a request by RFC 6455, section 4.2.
pub(in crate::websocket) fn agree(
    method: &Method,
    http: Version,
    headers: &HeaderMap,
    config: &Config,
) -> Result<Agreed, Refusal> {
    if method != Method::GET || http != Version::HTTP_11 {
        return Err(bad("only a GET of HTTP/1.1 can be upgraded"));
    }
    if !lists(headers, CONNECTION, "upgrade") || !lists(headers, UPGRADE, "websocket") {
        return Err(bad("the request does not ask for an upgrade to websocket"));
    }
    let Ok(Some(host)) = only(headers, HOST) else {
        return Err(bad("there is not exactly one Host"));
    };
    if has_body(headers) {
        return Err(bad("a request with a body cannot be upgraded"));
    }
    let version = version(headers)?;
    let accept = accept_key(headers)?;
    check_origin(host, headers, version, config)?;
    Ok(Agreed { accept, protocol: protocol(headers, config), version })
}

fn has_body(headers: &HeaderMap) -> bool {
    let mut lengths = headers.get_all(CONTENT_LENGTH).into_iter();
    headers.contains_key(TRANSFER_ENCODING) || lengths.any(|length| length != "0")
}

fn version(headers: &HeaderMap) -> Result<u8, Refusal> {
    match only(headers, SEC_WEBSOCKET_VERSION) {
        Ok(Some(version)) if version == "13" => Ok(13),
        Ok(Some(version)) if version == "8" => Ok(8),
        Ok(Some(_)) => Err(refuse(StatusCode::UPGRADE_REQUIRED, "the version is neither 13 nor 8")),
        Ok(None) | Err(()) => Err(bad("there is not exactly one Sec-WebSocket-Version")),
    }
}

fn accept_key(headers: &HeaderMap) -> Result<String, Refusal> {
    let key = only(headers, SEC_WEBSOCKET_KEY).ok().flatten().map(HeaderValue::as_bytes);
    match key.map(<[u8]>::trim_ascii) {
        Some(key) if is_key(key) => Ok(derive_accept_key(key)),
        _ => Err(bad("there is not exactly one Sec-WebSocket-Key of 16 bytes")),
    }
}

/// Whether it is 16 bytes in base64: 22 digits, the last of which has four bits to spare.
fn is_key(key: &[u8]) -> bool {
    let is_digit = |c: &u8| c.is_ascii_alphanumeric() || matches!(c, b'+' | b'/');
    key.len() == 24
        && key[..22].iter().all(is_digit)
        && matches!(key[21], b'A' | b'Q' | b'g' | b'w')
        && key.ends_with(b"==")
}

fn check_origin(
    host: &HeaderValue,
    headers: &HeaderMap,
    version: u8,
    config: &Config,
) -> Result<(), Refusal> {
    let Some(is_welcome) = &config.origins else { return Ok(()) };
    let old = headers.get("sec-websocket-origin").filter(|_| version == 8);
    let Ok(origin) = only(headers, ORIGIN) else { return Err(bad("there are several Origins")) };
    let text = |field: &HeaderValue| String::from_utf8_lossy(field.as_bytes()).into_owned();
    let origin = origin.or(old).map(text);
    if is_welcome(&text(host), origin.as_deref()) {
        Ok(())
    } else {
        Err(refuse(StatusCode::FORBIDDEN, "the origin is not welcome"))
    }
}

/// The first of ours that the client offers.
fn protocol(headers: &HeaderMap, config: &Config) -> Option<String> {
    let is_offered = |ours: &&String| list(headers, SEC_WEBSOCKET_PROTOCOL).any(|it| it == **ours);
    config.protocols.iter().find(is_offered).cloned()
}
