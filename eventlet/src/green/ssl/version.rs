//! Versions of TLS.

use native_tls::Protocol;

/// A version of TLS.
///
/// Which of them there are is up to the system's library and its configuration; 1.0 and 1.1 are old
/// and most often turned off. An [`Acceptor`](super::Acceptor) does not speak 1.3.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[non_exhaustive]
pub enum Version {
    /// TLS 1.0.
    Tls10,
    /// TLS 1.1.
    Tls11,
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

impl Version {
    pub(super) fn protocol(self) -> Protocol {
        match self {
            Version::Tls10 => Protocol::Tlsv10,
            Version::Tls11 => Protocol::Tlsv11,
            Version::Tls12 => Protocol::Tlsv12,
            Version::Tls13 => Protocol::Tlsv13,
        }
    }
}
