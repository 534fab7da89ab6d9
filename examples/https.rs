//! A page over TLS, with a certificate of one's own.
//! Run: `openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost
//! -keyout key.pem -out certificate.pem` (in one line), and
//! `cargo run --example https [ADDRESS [CERTIFICATE [KEY]]]`; 127.0.0.1:8443 if not told, and these files.
//! Poke: `curl --cacert certificate.pem https://localhost:8443/`; without `--cacert` curl refuses to talk.

use std::env;
use std::io;

use eventlet::green::ssl::Acceptor;
use eventlet::http::{Request, Response, Server};

fn main() -> io::Result<()> {
    let argument = |n, default: &str| env::args().nth(n).unwrap_or_else(|| default.to_owned());
    let (certificate, key) = (argument(2, "certificate.pem"), argument(3, "key.pem"));
    let acceptor = Acceptor::builder().certificate_files(certificate, key).build()?;
    let listener = eventlet::listen(argument(1, "127.0.0.1:8443"))?;
    println!("listening on {}", listener.local_addr()?);
    Server::new(page).tls(acceptor).serve(listener)
}

fn page(request: &mut Request) -> Response {
    let peer = request.peer_addr().map_or("someone".to_owned(), |peer| peer.to_string());
    Response::text(format!("Hello, {peer}: nobody else reads this.\n"))
}
