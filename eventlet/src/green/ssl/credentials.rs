//! Who one is: a certificate and its key, in the forms that there are.

use std::io;

use native_tls::{Certificate, Identity};

use super::error::invalid_input;

/// Where a key begins, in the only form that native-tls reads.
const KEY: &[u8] = b"-----BEGIN PRIVATE KEY-----";

/// Reads a certificate, with those that lead to its issuer, and its key: PEM. There may be something
/// else before the key, such as the certificate.
pub(super) fn from_pem(certificate: &[u8], key: &[u8]) -> io::Result<Identity> {
    let Some(start) = key.windows(KEY.len()).position(|words| words == KEY) else {
        let text = "there is no `-----BEGIN PRIVATE KEY-----` (PKCS#8, without a password) in the key; \
                    `openssl pkcs8 -topk8 -nocrypt` makes such a one of others";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    };
    Identity::from_pkcs8(certificate, &key[start..])
        .map_err(|error| invalid_input("the certificate or its key cannot be read", error))
}

/// Reads both from a PKCS#12 file.
pub(super) fn from_pkcs12(file: &[u8], password: &str) -> io::Result<Identity> {
    let what = "the PKCS#12 file cannot be read, or not with this password";
    Identity::from_pkcs12(file, password).map_err(|error| invalid_input(what, error))
}

/// Reads one or several certificates: PEM.
pub(super) fn certificates(pem: &[u8]) -> io::Result<Vec<Certificate>> {
    let what = "the certificates cannot be read";
    let certificates =
        Certificate::stack_from_pem(pem).map_err(|error| invalid_input(what, error))?;
    if certificates.is_empty() {
        let text = format!("{what}: there is no `-----BEGIN CERTIFICATE-----`");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    Ok(certificates)
}
