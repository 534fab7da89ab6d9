//! Eventlet's tests of `wsgi`: HTTPS.

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use eventlet::green::net::TcpStream;
use eventlet::green::ssl::{Acceptor, Connector, TlsStream};
use eventlet::http::{Request, Server};
use eventlet_http_tests::Certificates;
use eventlet_http_tests::client::Client;
use eventlet_http_tests::site::while_serving;
use eventlet_tests::child::Child;

const GET: &str = "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n";

fn echo(request: &mut Request) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    request.read_to_end(&mut body)?;
    Ok(body)
}

fn hello_world(_: &mut Request) -> &'static str {
    "hello world"
}

fn acceptor(certificates: &Certificates) -> Acceptor {
    let server = certificates.server();
    let key = std::fs::read(server.key()).unwrap();
    Acceptor::builder().certificate(std::fs::read(server.pem()).unwrap(), key).build().unwrap()
}

fn connect(address: SocketAddr, certificates: &Certificates) -> Client<TlsStream<TcpStream>> {
    let connector = Connector::builder().ca_file(certificates.ca()).build().unwrap();
    let stream = TcpStream::connect(address).unwrap();
    Client::over(connector.connect("localhost", stream).unwrap())
}

#[test]
fn _012_ssl_server() {
    let certificates = Certificates::new();
    while_serving(Server::new(echo).tls(acceptor(&certificates)), |address| {
        let headers = "Host: localhost\r\nConnection: close\r\nContent-length:3\r\n";
        let mut client = connect(address, &certificates);
        client.send(format!("POST /foo HTTP/1.1\r\n{headers}\r\nabc"));
        assert!(client.rest().ends_with(b"\r\n\r\nabc"));
    });
}

#[test]
fn _013_empty_return() {
    let certificates = Certificates::new();
    let app = |_: &mut Request| "";
    while_serving(Server::new(app).tls(acceptor(&certificates)), |address| {
        let mut client = connect(address, &certificates);
        client.send("GET /foo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assert!(client.rest().ends_with(b"\r\n\r\n"));
    });
}

/// A client that goes after its handshake is no error that anybody hears of.
#[test]
fn _017_ssl_zeroreturnerror() {
    let certificates = Certificates::new();
    let ended = Child::new().run(|| {
        while_serving(Server::new(echo).tls(acceptor(&certificates)), |address| {
            connect(address, &certificates).send("X");
        });
    });
    ended.expect_success();
    assert_eq!(ended.stderr, "");
}

#[test]
fn _028_ssl_handshake_errors() {
    let certificates = Certificates::new();
    let ended = Child::new().run(|| {
        while_serving(Server::new(hello_world).tls(acceptor(&certificates)), |address| {
            for nonsense in ["", "GET /non-ssl-request HTTP/1.0\r\n\r\n"] {
                let mut client = TcpStream::connect(address).unwrap();
                client.write_all(nonsense.as_bytes()).unwrap();
                drop(client);
                let mut other = connect(address, &certificates);
                assert_eq!(other.ask(GET).text(), "hello world");
            }
        });
    });
    ended.expect_success();
}
