//! Where a client connects to.

use ::http::Uri;

use super::HandshakeError;

/// A URL in its parts.
pub(super) struct Url {
    pub(super) is_secure: bool,
    /// A name or an address, without the brackets of the latter.
    pub(super) host: String,
    pub(super) port: u16,
    /// What the header field of this name says.
    pub(super) host_field: String,
    pub(super) target: String,
}

impl Url {
    pub(super) fn parse(url: &str) -> Result<Self, HandshakeError> {
        // A fragment is for whoever has the URL, and is not sent.
        let url = url.split('#').next().unwrap_or_default();
        let wrong = |_| HandshakeError::url("the URL is malformed");
        let uri: Uri = url.parse().map_err(wrong)?;
        let is_secure = match uri.scheme_str() {
            Some(scheme) if scheme.eq_ignore_ascii_case("ws") => false,
            Some(scheme) if scheme.eq_ignore_ascii_case("wss") => true,
            _ => return Err(HandshakeError::url("the URL begins neither with ws: nor with wss:")),
        };
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        if authority.contains('@') {
            return Err(HandshakeError::url("the URL has a user, for whom there is no place"));
        }
        let host = uri.host().unwrap_or_default();
        let port = match authority.strip_prefix(host).and_then(|rest| rest.strip_prefix(':')) {
            None | Some("") => {
                if is_secure {
                    443
                } else {
                    80
                }
            }
            Some(port) => port.parse().map_err(|_| HandshakeError::url("the port is none"))?,
        };
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        if host.is_empty() {
            return Err(HandshakeError::url("the URL has no host"));
        }
        let target = uri.path_and_query().map_or("/", |target| target.as_str());
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        Ok(Url { is_secure, host: host.to_owned(), port, host_field: authority.to_owned(), target })
    }
}
