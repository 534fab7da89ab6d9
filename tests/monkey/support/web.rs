//! A web server that is slow, or fails, as the path asks; see `web_server/main.rs`.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::server::{helper, shared};
use crate::{Home, Server};

/// Who signs the server's certificate, and what the certificate says.
const CERTIFICATES: &str = "\
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical, CA:TRUE
[server]
basicConstraints = critical, CA:FALSE
subjectAltName = DNS:localhost, IP:127.0.0.1
";

/// A server for HTTP and HTTPS, with a certificate for `localhost` and `127.0.0.1`.
pub struct Web {
    http_port: u16,
    https_port: u16,
    authority: Vec<u8>,
    server: Server,
}

impl Web {
    /// The server that all tests of this process share. It must not be killed.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Web> = OnceLock::new();
        shared(&SHARED, Web::start)
    }

    /// Starts a server.
    pub fn start() -> Self {
        let home = Home::new("web");
        make_certificates(&home);
        let authority = fs::read(home.path("authority.pem")).expect("it has been made");
        let files = ["server.pem", "server.key", "ports"].map(|name| home.path(name));
        let mut server = home.serve(helper("web_server"), files);
        let [http_port, https_port] = server.wait_until(|home| {
            let ports = fs::read_to_string(home.path("ports")).ok()?;
            let ports = ports.strip_suffix('\n')?.split_once(' ')?;
            Some([ports.0.parse().ok()?, ports.1.parse().ok()?])
        });
        Web { http_port, https_port, authority, server }
    }

    /// The URL of a path, which begins with a slash.
    pub fn http(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.http_port)
    }

    /// The same with TLS.
    pub fn https(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.https_port)
    }

    /// The same with a name that must be looked up.
    pub fn https_by_name(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.https_port)
    }

    /// The ports on 127.0.0.1, for HTTP and for HTTPS.
    pub fn ports(&self) -> [u16; 2] {
        [self.http_port, self.https_port]
    }

    /// The certificate of who signed the server's, as PEM.
    pub fn authority(&self) -> &[u8] {
        &self.authority
    }

    /// The file in which that is.
    pub fn authority_file(&self) -> PathBuf {
        self.server.home().path("authority.pem")
    }

    /// The server's certificate and its key, as PEM.
    pub fn identity(&self) -> [Vec<u8>; 2] {
        ["server.pem", "server.key"].map(|name| {
            fs::read(self.server.home().path(name)).expect("it is there as long as the server")
        })
    }

    /// Its process.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        self.server.kill();
    }
}

/// Makes an authority, and a certificate that it has signed.
fn make_certificates(home: &Home) {
    let config = home.file("certificates.conf", CERTIFICATES);
    let config = config.to_str().expect("the path is text");
    let make = |name: &str, signer: &[&str]| {
        let (subject, key, pem) =
            (format!("/CN=eventlet {name}"), format!("{name}.key"), format!("{name}.pem"));
        let request = "req -x509 -nodes -days 3 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1";
        let files = ["-config", config, "-extensions", name, "-subj", &subject];
        let results = ["-keyout", &key, "-out", &pem];
        home.run("openssl", request.split(' ').chain(files).chain(results).chain(signer.to_vec()));
    };
    make("authority", &[]);
    make("server", &["-CA", "authority.pem", "-CAkey", "authority.key"]);
}
