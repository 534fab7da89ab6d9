//! TLS with others: the openssl command, Python's ssl module, curl.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::rc::Rc;

use eventlet::green::net::{SocketAddr, TcpStream};
use eventlet::green::process::{Child, ChildStdout, Command};
use eventlet::green::ssl::TlsStream;
use eventlet::{GreenThread, LightQueue, connect, scope, spawn};
use eventlet_http_tests::tls::{Tls, openssl, python, text};
use eventlet_tests::check;
use eventlet_tests::net::{listener, pattern};

/// Serves one connection.
fn serve_one<R: 'static>(
    tls: &Tls,
    handle: impl FnOnce(TlsStream<TcpStream>) -> io::Result<R> + 'static,
) -> (SocketAddr, GreenThread<io::Result<R>>) {
    let (listener, address) = listener();
    let acceptor = tls.acceptor.clone();
    (address, spawn(move || handle(acceptor.accept(listener.accept()?.0))))
}

/// Sends back all that comes, and says how much that was.
fn echo(stream: TlsStream<TcpStream>) -> io::Result<u64> {
    let n_bytes = io::copy(&mut &stream, &mut &stream)?;
    stream.shutdown().map(|()| n_bytes)
}

/// What the command prints, which must succeed.
fn output(mut command: Command, input: &[u8]) -> String {
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Ends a program when it is dropped.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A TLS server of the `openssl` command, and where it is.
fn openssl_server(tls: &Tls, args: &[&str]) -> (Killed, SocketAddr, BufReader<ChildStdout>) {
    let issued = tls.certificates.server();
    let (certificate, key) = (text(issued.pem()), text(issued.key()));
    let mut command = openssl(&["s_server", "-accept", "127.0.0.1:0"]);
    // It ends with the connection, so also if the tests are ended in the middle.
    command.args(["-naccept", "1", "-cert", &certificate, "-key", &key]);
    command.args(args);
    let mut server = command.spawn().unwrap();
    let mut stdout = BufReader::new(server.stdout.take().unwrap());
    let server = Killed(server);
    loop {
        let mut line = String::new();
        assert!(stdout.read_line(&mut line).unwrap() > 0, "s_server has ended");
        if let Some(address) = line.trim().strip_prefix("ACCEPT ") {
            return (server, address.parse().unwrap(), stdout);
        }
    }
}

/// What a server written in Python begins with: it accepts one connection, which it has as `stream`.
const PYTHON_ACCEPTS: &str = r#"
import socket, ssl, sys
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(sys.argv[1], sys.argv[2])
with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    plain, _ = listener.accept()
stream = context.wrap_socket(plain, server_side=True)
"#;

/// Starts a server that goes on with `script` when it has accepted, and connects to it.
fn python_server(tls: &Tls, script: &str) -> (Child, TlsStream<TcpStream>) {
    let issued = tls.certificates.server();
    let script = format!("{PYTHON_ACCEPTS}{script}");
    let mut server = python(&script, &[&text(issued.pem()), &text(issued.key())]).spawn().unwrap();
    let mut port = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut port).unwrap();
    let address = format!("127.0.0.1:{}", port.trim());
    let stream = tls.connector.connect("localhost", connect(address).unwrap()).unwrap();
    (server, stream)
}

fn assert_ends_well(server: Child) {
    let output = server.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn openssl_is_a_client() {
    check(|| {
        let tls = Tls::with(|acceptor| acceptor.alpn(["eventlet"]), |connector| connector);
        let (address, server) = serve_one(&tls, |stream| {
            assert_eq!(stream.negotiated_alpn()?.as_deref(), Some(&b"eventlet"[..]));
            let mut line = String::new();
            BufReader::new(&stream).read_line(&mut line)?;
            (&stream).write_all(line.to_uppercase().as_bytes())
        });
        let (address, ca) = (address.to_string(), text(tls.certificates.ca()));
        let mut client = openssl(&["s_client", "-connect", &address, "-CAfile", &ca]);
        client.args(["-verify_return_error", "-verify_hostname", "localhost"]);
        client.args(["-alpn", "eventlet", "-quiet"]);
        assert!(output(client, b"hello\n").contains("HELLO"));
        server.wait().unwrap().unwrap();
    });
}

#[test]
fn openssl_is_a_server() {
    check(|| {
        for version in ["-tls1_2", "-tls1_3"] {
            let tls = Tls::new();
            let (_server, address, _) = openssl_server(&tls, &["-rev", version]);
            let stream = tls.connector.connect("localhost", connect(address).unwrap()).unwrap();
            for words in ["able was i", "saw elba"] {
                writeln!(&stream, "{words}").unwrap();
                let mut answer = vec![0; words.len() + 1];
                (&stream).read_exact(&mut answer).unwrap();
                let reversed: String = words.chars().rev().collect();
                assert_eq!(String::from_utf8(answer).unwrap(), format!("{reversed}\n"));
            }
        }
    });
}

/// The server asks for new keys, or for a new handshake, while both sides have much to say.
#[test]
fn openssl_renews_the_keys() {
    check(|| {
        for (version, command) in [("-tls1_3", "K\n"), ("-tls1_3", "k\n"), ("-tls1_2", "r\n")] {
            let tls = Tls::new();
            let (mut server, address, mut printed) = openssl_server(&tls, &[version]);
            let mut stdin = server.0.stdin.take().unwrap();
            let stream = tls.connector.connect("localhost", connect(address).unwrap()).unwrap();
            let stream = Rc::new(stream);
            let received = Rc::new(LightQueue::new(None));
            let reader = spawn({
                let (stream, received) = (stream.clone(), received.clone());
                move || {
                    for line in BufReader::new(&*stream).lines() {
                        received.put(line.unwrap()).unwrap();
                    }
                }
            });
            let mut next_line = || {
                let mut line = String::new();
                assert!(printed.read_line(&mut line).unwrap() > 0, "s_server has ended");
                line
            };
            for round in 0..5 {
                stdin.write_all(command.as_bytes()).unwrap();
                // It shows what it does only when it has something of ours to show as well.
                loop {
                    let expected = format!("from the client {round}\n");
                    // In one piece, since the server prints each by itself.
                    (&*stream).write_all(expected.as_bytes()).unwrap();
                    let mut has_begun = false;
                    let mut line = next_line();
                    while !line.contains(&expected) {
                        has_begun |= line.contains("SSL_do_handshake -> 1");
                        line = next_line();
                    }
                    if has_begun {
                        break;
                    }
                }
                // What is a command is told by where a read of the server's begins: one after the other.
                stdin.write_all(format!("from the server {round}\n").as_bytes()).unwrap();
                assert_eq!(
                    received.get().unwrap(),
                    format!("from the server {round}"),
                    "{version} {command}"
                );
            }
            reader.kill();
            assert!(reader.wait().is_err());
        }
    });
}

#[test]
fn python_is_a_client() {
    const SCRIPT: &str = r#"
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[2])
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as plain:
    with context.wrap_socket(plain, server_hostname="localhost") as stream:
        sent = bytes(range(256)) * 1000
        stream.sendall(sent)
        received = b""
        while len(received) < len(sent):
            received += stream.recv(65536)
        assert received == sent
        plain = stream.unwrap()
        plain.close()
        print(stream.version() or "closed")
"#;
    check(|| {
        let tls = Tls::new();
        let (address, server) = serve_one(&tls, echo);
        let (port, ca) = (address.port().to_string(), text(tls.certificates.ca()));
        output(python(SCRIPT, &[&port, &ca]), b"");
        assert_eq!(server.wait().unwrap().unwrap(), 256_000);
    });
}

#[test]
fn python_is_a_server() {
    const SCRIPT: &str = r#"
name = stream.recv(100)
stream.sendall(b"hello " + name)
plain = stream.unwrap()
assert plain.recv(100) == b"in the open"
plain.sendall(b"and back")
plain.close()
"#;
    check(|| {
        let tls = Tls::new();
        let (server, stream) = python_server(&tls, SCRIPT);
        (&stream).write_all(b"eventlet").unwrap();
        let mut answer = [0; 14];
        (&stream).read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"hello eventlet");
        let (mut plain, rest) = stream.unwrap().unwrap();
        plain.write_all(b"in the open").unwrap();
        assert_eq!(io::read_to_string(rest.chain(&mut plain)).unwrap(), "and back");
        assert_ends_well(server);
    });
}

/// The newest version, with much to say in both directions at once.
#[test]
fn python_sends_everything_back() {
    const SCRIPT: &str = r#"
assert stream.version() == "TLSv1.3"
while data := stream.recv(65536):
    stream.sendall(data)
stream.unwrap()
"#;
    check(|| {
        let tls = Tls::new();
        let (server, stream) = python_server(&tls, SCRIPT);
        let bytes = pattern(1, 8 << 20);
        scope(|scope| {
            let reader = scope.spawn(|| {
                let mut bytes = Vec::new();
                (&stream).read_to_end(&mut bytes).map(|_| bytes)
            });
            (&stream).write_all(&bytes).unwrap();
            stream.shutdown().unwrap();
            assert!(reader.wait().unwrap().unwrap() == bytes);
        });
        assert_ends_well(server);
    });
}

#[test]
fn python_refuses_an_unknown_issuer() {
    const SCRIPT: &str = r#"
import socket, ssl, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as plain:
    try:
        ssl.create_default_context().wrap_socket(plain, server_hostname="localhost")
    except ssl.SSLCertVerificationError:
        print("refused")
"#;
    check(|| {
        let tls = Tls::new();
        let (address, server) = serve_one(&tls, |stream| stream.handshake());
        let refused = output(python(SCRIPT, &[&address.port().to_string()]), b"");
        assert_eq!(refused.trim(), "refused");
        let error = server.wait().unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
        assert!(error.to_string().contains("unknown ca"), "{error}");
    });
}

#[test]
fn curl_is_a_client() {
    check(|| {
        let tls = Tls::new();
        let (address, server) = serve_one(&tls, |stream| {
            let mut request = BufReader::new(&stream);
            let mut line = String::new();
            while line != "\r\n" {
                line.clear();
                request.read_line(&mut line)?;
            }
            // Ended by the end of TLS alone.
            (&stream).write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello curl")
        });
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--cacert"]).arg(tls.certificates.ca());
        curl.arg(format!("https://localhost:{}/", address.port()));
        let output = curl.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout, b"hello curl");
        server.wait().unwrap().unwrap();
    });
}
