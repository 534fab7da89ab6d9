//! A server whose application remembers what it is called with.

use std::cell::RefCell;
use std::io::{self, Read};
use std::net::SocketAddr;

use eventlet::http::{Request, Running, Server};

/// The longest body that it takes.
pub const MAX_BODY: u64 = 65_536;

/// Starts it. It answers with the path: of `/calls` with all paths since the last time, of `/ignore`
/// without reading the body.
pub fn start() -> (Running, SocketAddr) {
    let calls = RefCell::new(Vec::new());
    let application = move |request: &mut Request| -> io::Result<String> {
        let path = request.raw_path().to_owned();
        if path == "/calls" {
            return Ok(calls.take().join("\n"));
        }
        if path != "/probe" {
            calls.borrow_mut().push(path.clone());
        }
        if path != "/ignore" {
            io::copy(&mut request.by_ref(), &mut io::sink())?;
        }
        Ok(path)
    };
    let listener = eventlet::listen("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("an address");
    let server = Server::new(application).max_body(MAX_BODY).start(listener).expect("it starts");
    (server, address)
}
