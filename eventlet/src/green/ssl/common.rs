//! What connectors and acceptors are both told.

use std::io;
use std::path::Path;
use std::time::Duration;

use native_tls::Identity;

use super::stream::Settings;
use super::{Version, credentials};
use crate::green::fs;

/// The settings of both builders.
#[derive(Clone)]
pub(super) struct Common {
    pub(super) identity: Option<Identity>,
    pub(super) protocols: Vec<String>,
    pub(super) min_version: Version,
    pub(super) max_version: Option<Version>,
    pub(super) settings: Settings,
    /// The first thing that was wrong, for `build` to say.
    error: Option<(io::ErrorKind, String)>,
}

/// How long a handshake may take unless the builder is told otherwise.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

impl Common {
    pub(super) fn new() -> Self {
        let handshake_timeout = Some(HANDSHAKE_TIMEOUT);
        Common {
            identity: None,
            protocols: Vec::new(),
            min_version: Version::Tls12,
            max_version: None,
            settings: Settings { handshake_timeout, allows_ragged_end: false },
            error: None,
        }
    }

    pub(super) fn certificate(&mut self, certificate: &[u8], key: &[u8]) {
        self.identity = self.note(credentials::from_pem(certificate, key));
    }

    pub(super) fn certificate_files(&mut self, certificate: &Path, key: &Path) {
        let files = read(certificate).and_then(|certificate| Ok((certificate, read(key)?)));
        if let Some((certificate, key)) = self.note(files) {
            self.certificate(&certificate, &key);
        }
    }

    pub(super) fn pkcs12(&mut self, file: &[u8], password: &str) {
        self.identity = self.note(credentials::from_pkcs12(file, password));
    }

    /// Keeps what is wrong.
    pub(super) fn note<V>(&mut self, result: io::Result<V>) -> Option<V> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.error.get_or_insert_with(|| (error.kind(), error.to_string()));
                None
            }
        }
    }

    pub(super) fn check(&self) -> io::Result<()> {
        match &self.error {
            Some((kind, text)) => Err(io::Error::new(*kind, text.clone())),
            None => Ok(()),
        }
    }
}

/// Reads a file, and says which if that fails.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// The methods of both builders.
macro_rules! common_settings {
    ($builder:ident, $certificate:literal) => {
        impl $builder {
            #[doc = $certificate]
            ///
            /// Both are PEM, and may be in one; the key is not encrypted and begins with
            /// `-----BEGIN PRIVATE KEY-----` (PKCS#8). Behind the certificate may be those that lead to
            /// the one that peers know. What cannot be read is an error of `build`.
            pub fn certificate(
                mut self,
                certificate: impl AsRef<[u8]>,
                key: impl AsRef<[u8]>,
            ) -> Self {
                self.common.certificate(certificate.as_ref(), key.as_ref());
                self
            }

            /// Reads both from files; see [`certificate`](Self::certificate). Switches while they are
            /// read.
            pub fn certificate_files(
                mut self,
                certificate: impl AsRef<::std::path::Path>,
                key: impl AsRef<::std::path::Path>,
            ) -> Self {
                self.common.certificate_files(certificate.as_ref(), key.as_ref());
                self
            }

            /// Reads both from the bytes of a PKCS#12 file; see [`certificate`](Self::certificate).
            pub fn pkcs12(mut self, file: impl AsRef<[u8]>, password: &str) -> Self {
                self.common.pkcs12(file.as_ref(), password);
                self
            }

            /// Sets the oldest version of TLS that is spoken; 1.2 unless set.
            pub fn min_version(mut self, version: $crate::green::ssl::Version) -> Self {
                self.common.min_version = version;
                self
            }

            /// Sets the newest version of TLS that is spoken; the newest that the library knows unless
            /// set.
            pub fn max_version(mut self, version: $crate::green::ssl::Version) -> Self {
                self.common.max_version = Some(version);
                self
            }

            /// Sets how long a handshake may take, from the first call that makes it; 10 seconds unless
            /// set, and `None` for as long as it takes.
            pub fn handshake_timeout(
                mut self,
                timeout: impl Into<Option<::std::time::Duration>>,
            ) -> Self {
                self.common.settings.handshake_timeout = timeout.into();
                self
            }

            /// Takes a connection that is closed without an end of TLS for an ordinary end: reads return
            /// 0 then. Only for protocols that tell by themselves where a message ends, since anybody
            /// can cut a connection.
            #[doc(alias = "suppress_ragged_eofs")]
            pub fn allow_ragged_end(mut self) -> Self {
                self.common.settings.allows_ragged_end = true;
                self
            }
        }
    };
}

pub(super) use common_settings;
