//! Certificates for one test, made by the `openssl` command: nothing secret is kept anywhere.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use eventlet_tests::scratch::Scratch;

/// The password of all PKCS#12 files.
pub const PASSWORD: &str = "a test's password";

/// What the server of a test is called.
const LOCALHOST: &str = "DNS:localhost,IP:127.0.0.1,IP:::1";

/// What certificates may be used for, independent of the system's own configuration.
const CONFIGURATION: &str = "
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
subjectKeyIdentifier = hash
keyUsage = critical, keyCertSign, cRLSign
[leaf]
basicConstraints = critical, CA:FALSE
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
";

/// An authority, and a certificate for this machine that it has issued. The files go when this is
/// dropped.
///
/// ```text
/// let certificates = Certificates::new();
/// let ca = fs::read(certificates.ca())?;                      // what a client trusts
/// let certificate = fs::read(certificates.server().pem())?;   // for localhost, 127.0.0.1 and ::1
/// let key = fs::read(certificates.server().key())?;           // PEM, PKCS#8
/// ```
pub struct Certificates {
    dir: Scratch,
}

/// A certificate and its key, as files.
pub struct Issued {
    pem: PathBuf,
}

impl Certificates {
    /// Makes the authority and the server's certificate.
    #[allow(clippy::new_without_default, reason = "it runs programs")]
    pub fn new() -> Self {
        let dir = Scratch::new();
        dir.file("openssl.cnf", CONFIGURATION);
        let certificates = Certificates { dir };
        certificates.request("authority", "eventlet's authority for tests", |_| {});
        certificates.issue("server", LOCALHOST);
        certificates
    }

    /// The certificate of the authority, PEM.
    pub fn ca(&self) -> PathBuf {
        self.dir.path("authority.pem")
    }

    /// What a server on this machine shows: for `localhost`, `127.0.0.1` and `::1`.
    pub fn server(&self) -> Issued {
        self.issued("server")
    }

    /// Issues another certificate, under a name of its own, for subjects such as
    /// `DNS:example.org,IP:127.0.0.1`.
    pub fn issue(&self, name: &str, subjects: &str) -> Issued {
        self.request(name, name, |command| {
            command.arg("-addext").arg(format!("subjectAltName = {subjects}"));
            command.arg("-CA").arg(self.ca()).arg("-CAkey").arg(self.dir.path("authority.key"));
        });
        self.issued(name)
    }

    /// The server's certificate, but valid until yesterday.
    pub fn expired(&self) -> Issued {
        let (expired, wish) = (self.issued("expired"), self.dir.path("expired.csr"));
        fs::copy(self.server().key(), expired.key()).unwrap();
        let mut command = Command::new("openssl");
        command.args(["req", "-new", "-subj", "/CN=expired", "-addext"]);
        command.arg(format!("subjectAltName = {LOCALHOST}"));
        command.arg("-config").arg(self.dir.path("openssl.cnf"));
        command.arg("-key").arg(expired.key()).arg("-out").arg(&wish);
        run(&mut command);
        // `req` refuses to make what is not valid; `x509` does not.
        let mut command = Command::new("openssl");
        command.args(["x509", "-req", "-copy_extensions", "copy", "-days", "-1"]);
        command.args(["-set_serial", "7"]);
        command.arg("-CA").arg(self.ca()).arg("-CAkey").arg(self.dir.path("authority.key"));
        command.arg("-in").arg(&wish).arg("-out").arg(expired.pem());
        run(&mut command);
        expired
    }

    /// Has a key and a certificate made: by itself, unless `issuer` names who signs it.
    fn request(&self, name: &str, subject: &str, issuer: impl FnOnce(&mut Command)) {
        let issued = self.issued(name);
        let extensions = if name == "authority" { "authority" } else { "leaf" };
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-noenc", "-days", "30", "-extensions", extensions]);
        command.args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
        command.arg("-config").arg(self.dir.path("openssl.cnf"));
        command.arg("-subj").arg(format!("/CN={subject}"));
        command.arg("-keyout").arg(issued.key()).arg("-out").arg(issued.pem());
        issuer(&mut command);
        run(&mut command);
    }

    fn issued(&self, name: &str) -> Issued {
        Issued { pem: self.dir.path(name).with_extension("pem") }
    }
}

impl Issued {
    /// The certificate, PEM.
    pub fn pem(&self) -> &Path {
        &self.pem
    }

    /// Its key, PEM and PKCS#8.
    pub fn key(&self) -> PathBuf {
        self.pem.with_extension("key")
    }

    /// Both together, PKCS#12 with [`PASSWORD`].
    pub fn pkcs12(&self) -> PathBuf {
        let both = self.pem.with_extension("p12");
        let mut command = Command::new("openssl");
        command.args(["pkcs12", "-export", "-passout"]).arg(format!("pass:{PASSWORD}"));
        command.arg("-in").arg(&self.pem).arg("-inkey").arg(self.key()).arg("-out").arg(&both);
        run(&mut command);
        both
    }
}

/// Runs the command, which must succeed.
fn run(command: &mut Command) {
    let output = command.output().expect("the Debian package `openssl` is installed");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
