//! Eventlet's tests of `ssl`, and those of `wrap_ssl` and `connect_ssl`, by their names.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::rc::Rc;

use eventlet::green::net::{SocketAddr, TcpListener, TcpStream};
use eventlet::green::ssl::{Acceptor, Connector, TlsStream, Version};
use eventlet::wrap_ssl as wrap;
use eventlet::{Event, GreenThread, Group, SslOptions, StopServe, connect, serve, spawn};
use eventlet_http_tests::Certificates;
use eventlet_http_tests::tls::Tls;
use eventlet_tests::net::listener;
use eventlet_tests::sys::thread_cpu_time;
use eventlet_tests::{check, ms, yield_now};

/// Eventlet's `listen_ssl_socket`, and a server that handles one connection.
fn serve_once<R: 'static>(
    tls: &Tls,
    handle: impl FnOnce(&TlsStream<TcpStream>) -> R + 'static,
) -> (SocketAddr, GreenThread<R>) {
    let (listener, address) = listener();
    let acceptor = tls.acceptor.clone();
    (address, spawn(move || handle(&acceptor.accept(listener.accept().unwrap().0))))
}

/// Reads once, as Eventlet's `recv` does.
fn recv(mut stream: &TlsStream<TcpStream>, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; most];
    let n_read = stream.read(&mut bytes)?;
    bytes.truncate(n_read);
    Ok(bytes)
}

fn send(mut stream: &TlsStream<TcpStream>, bytes: &[u8]) {
    stream.write_all(bytes).unwrap();
}

/// Eventlet's `wrap_socket(connect(address))`, which trusts everybody.
fn unchecked(address: SocketAddr) -> TlsStream<TcpStream> {
    let options = SslOptions::new().danger_accept_any_certificate();
    wrap(connect(address).unwrap(), options).unwrap()
}

fn client_of(certificates: &Certificates) -> SslOptions {
    SslOptions::new().server_hostname("localhost").ca_certs(certificates.ca())
}

#[test]
fn duplex_response() {
    check(|| {
        let tls = Tls::new();
        let (address, server) = serve_once(&tls, |stream| {
            recv(stream, 8192).unwrap();
            send(stream, b"response");
        });
        let client = unchecked(address);
        send(&client, b"line 1\r\nline 2\r\n\r\n");
        assert_eq!(recv(&client, 8192).unwrap(), b"response");
        server.wait().unwrap();
    });
}

#[test]
fn ssl_context() {
    check(|| {
        let tls = Tls::new();
        let (address, server) = serve_once(&tls, |stream| {
            recv(stream, 8192).unwrap();
            send(stream, b"response");
        });
        let context = Connector::builder().ca_file(tls.certificates.ca()).build().unwrap();
        let client = context.connect("localhost", connect(address).unwrap()).unwrap();
        send(&client, b"line 1\r\nline 2\r\n\r\n");
        assert_eq!(recv(&client, 8192).unwrap(), b"response");
        server.wait().unwrap();
    });
}

/// A stream whose connection is shut down without an end of TLS is cut off, which Eventlet does not
/// tell unless asked; here it is told unless one says that it need not be.
#[test]
fn ssl_close() {
    check(|| {
        let tls = Tls::with(|acceptor| acceptor.allow_ragged_end(), |connector| connector);
        let (address, server) = serve_once(&tls, |stream| {
            recv(stream, 8192).unwrap();
            assert_eq!(recv(stream, 8192).unwrap(), b"");
        });
        let client = unchecked(address);
        send(&client, b"X");
        client.get_ref().shutdown(Shutdown::Both).unwrap();
        drop(client);
        server.wait().unwrap();
    });
}

/// There are no sockets without a connection: the stream is connected first and wrapped then.
#[test]
fn ssl_connect() {
    check(|| {
        let tls = Tls::new();
        let (address, server) = serve_once(&tls, |stream| recv(stream, 8192).unwrap());
        let raw_client = TcpStream::connect(address).unwrap();
        let client = tls.connector.connect_later("localhost", raw_client);
        send(&client, b"abc");
        client.shutdown().unwrap();
        drop(client);
        assert_eq!(server.wait().unwrap(), b"abc");
    });
}

#[test]
fn recv_after_ssl_connect() {
    check(|| {
        let tls = Tls::new();
        let (address, server) = serve_once(&tls, |stream| send(stream, b"hjk"));
        let raw_client = TcpStream::connect(address).unwrap();
        let client = tls.connector.connect_later("localhost", raw_client);
        assert_eq!(recv(&client, 3).unwrap(), b"hjk");
        server.wait().unwrap();
    });
}

#[test]
fn ssl_unwrap() {
    check(|| {
        let tls = Tls::new();
        let (listener, address) = listener();
        let acceptor = tls.acceptor.clone();
        let server = spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = [0; 6];
            stream.read_exact(&mut bytes).unwrap();
            assert_eq!(&bytes, b"before");
            let encrypted = acceptor.accept(stream);
            encrypted.handshake().unwrap();
            assert_eq!(recv(&encrypted, 6).unwrap(), b"during");
            let (mut stream, rest) = encrypted.unwrap().unwrap();
            let mut bytes = [0; 5];
            rest.chain(&mut stream).read_exact(&mut bytes).unwrap();
            assert_eq!(&bytes, b"after");
        });
        let mut client = connect(address).unwrap();
        client.write_all(b"before").unwrap();
        let encrypted = wrap(client, client_of(&tls.certificates)).unwrap();
        send(&encrypted, b"during");
        let (mut client, _) = encrypted.unwrap().unwrap();
        client.write_all(b"after").unwrap();
        server.wait().unwrap();
    });
}

#[test]
fn sendall_cpu_usage() {
    check(|| {
        let tls = Tls::new();
        let stage_1 = Rc::new(Event::<()>::new());
        let go = stage_1.clone();
        let (address, server) = serve_once(&tls, move |stream| {
            assert_eq!(recv(stream, 8).unwrap(), b"request");
            send(stream, b"response");
            go.wait().unwrap();
            // More than the system takes, and nobody reads it.
            send(stream, &vec![b'x'; 32 << 20]);
        });
        let client = unchecked(address);
        send(&client, b"request");
        assert_eq!(recv(&client, 8).unwrap(), b"response");
        stage_1.send(());
        eventlet::sleep(ms(50));
        let before = thread_cpu_time();
        eventlet::sleep(ms(200));
        let used = thread_cpu_time() - before;
        assert!(used < ms(100), "{used:?} of 200 ms");
        assert!(!server.is_dead());
        server.kill();
        assert!(server.wait().is_err());
    });
}

#[test]
fn greensslobject() {
    check(|| {
        let tls = Tls::new();
        let (address, server) = serve_once(&tls, |stream| {
            send(stream, b"content");
            stream.shutdown().unwrap();
        });
        let client = unchecked(address);
        assert_eq!(recv(&client, 1024).unwrap(), b"content");
        assert_eq!(recv(&client, 1024).unwrap(), b"");
        server.wait().unwrap();
    });
}

#[test]
fn no_handshake_block_accept_loop() {
    check(|| {
        let tls = Tls::new();
        let (listener, address) = listener();
        let acceptor = tls.acceptor.clone();
        let handlers = Rc::new(Group::new());
        let spawner = handlers.clone();
        let accept_loop = spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                let stream = acceptor.accept(stream);
                spawner.spawn(move || {
                    // Evil clients are none of its business.
                    if let Ok(name) = recv(&stream, 8) {
                        send(&stream, b"hello ");
                        send(&stream, &name);
                    }
                });
            }
        });
        // It makes no handshake.
        let evil = connect(address).unwrap();
        yield_now();
        let good = unchecked(address);
        send(&good, b"good");
        assert_eq!(io::read_to_string(&good).unwrap(), "hello good");
        drop((good, evil));
        handlers.join();
        accept_loop.kill();
    });
}

#[test]
fn receiving_doesnt_block_if_there_is_already_decrypted_buffered_data() {
    check(|| {
        let tls = Tls::new();
        let (address, server) = serve_once(&tls, |stream| {
            send(stream, b"xy");
            // The connection stays open.
            eventlet::sleep(ms(3_600_000));
        });
        let client = unchecked(address);
        assert_eq!(recv(&client, 1).unwrap(), b"x");
        assert_eq!(client.pending(), 1);
        let other = spawn(|| ());
        assert_eq!(recv(&client, 1).unwrap(), b"y");
        assert!(!other.is_dead(), "it has waited");
        drop((client, other.wait()));
        server.kill();
        assert!(server.wait().is_err());
    });
}

/// Eventlet wraps the listener; here the acceptor is given what the listener accepts.
#[test]
fn context_wrapped_accept() {
    check(|| {
        let certificates = Certificates::new();
        let server = certificates.server();
        let context =
            Acceptor::builder().certificate_files(server.pem(), server.key()).build().unwrap();
        accept_from(&certificates, |listener| context.accept(listener.accept().unwrap().0));
    });
}

#[test]
fn explicit_keys_accept() {
    check(|| {
        let certificates = Certificates::new();
        let server = certificates.server();
        accept_from(&certificates, |listener| {
            let options = SslOptions::new().server_side(true);
            let options = options.keyfile(server.key()).certfile(server.pem());
            wrap(listener.accept().unwrap().0, options).unwrap()
        });
    });
}

/// A client that checks the server's certificate says something to the server that is accepted.
fn accept_from(
    certificates: &Certificates,
    accept: impl FnOnce(&TcpListener) -> TlsStream<TcpStream>,
) {
    let (listener, address) = listener();
    let options = client_of(certificates);
    let client =
        spawn(move || send(&wrap(connect(address).unwrap(), options).unwrap(), b"success"));
    let peer = accept(&listener);
    assert_eq!(recv(&peer, 64).unwrap(), b"success");
    client.wait().unwrap();
}

#[test]
fn client_check_hostname() {
    check(|| {
        let tls = Tls::new();
        let respond = |stream: &TlsStream<TcpStream>| {
            if recv(stream, 64).is_ok() {
                send(stream, b"response");
            }
        };
        let own = tls.certificates.server();
        let context = Connector::builder()
            .ca_file(tls.certificates.ca())
            .certificate_files(own.pem(), own.key())
            .build()
            .unwrap();
        let (address, server) = serve_once(&tls, respond);
        let client = context.connect("localhost", connect(address).unwrap()).unwrap();
        send(&client, b"check_hostname works");
        assert_eq!(recv(&client, 64).unwrap(), b"response");
        server.wait().unwrap();
        // And it does check.
        let (address, server) = serve_once(&tls, respond);
        let refused = context.connect("elsewhere", connect(address).unwrap()).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::PermissionDenied);
        server.wait().unwrap();
    });
}

/// Eventlet's setters end in infinite recursion if the modules are patched late.
#[test]
fn context_version_setters() {
    check(|| {
        let tls = Tls::new();
        let newest = Connector::builder()
            .ca_file(tls.certificates.ca())
            .min_version(Version::Tls12)
            .max_version(Version::Tls13);
        let (address, server) = serve_once(&tls, |stream| stream.handshake());
        newest.build().unwrap().connect("localhost", connect(address).unwrap()).unwrap();
        server.wait().unwrap().unwrap();
        let none = newest.min_version(Version::Tls13).max_version(Version::Tls12);
        let (address, server) = serve_once(&tls, |stream| stream.handshake());
        let connected =
            none.build().map(|none| none.connect("localhost", connect(address).unwrap()));
        assert!(!matches!(connected, Ok(Ok(_))));
        drop(connected);
        server.kill();
        let _ = server.wait();
    });
}

/// Eventlet wraps the listener; here the handler wraps what it is given.
#[test]
fn wrap_ssl() {
    check(|| {
        let certificates = Certificates::new();
        let server = certificates.server();
        let options = SslOptions::new().server_side(true);
        let options = options.certfile(server.pem()).keyfile(server.key());
        let (listener, address) = listener();
        let handle = move |stream: TcpStream, _peer| {
            let stream = wrap(stream, options.clone()).unwrap();
            send(&stream, &recv(&stream, 1024).unwrap());
            Err::<(), _>(StopServe)
        };
        let server = spawn(move || serve(listener, handle));
        let client = unchecked(address);
        send(&client, b"echo");
        assert_eq!(recv(&client, 1024).unwrap(), b"echo");
        server.wait().unwrap().unwrap();
    });
}

/// Eventlet wraps the listener.
#[test]
fn connect_ssl() {
    check(|| {
        let tls = Tls::new();
        let (address, server) = serve_once(&tls, |stream| {
            send(stream, b"hello\r\n");
            stream.shutdown().unwrap();
        });
        let client = unchecked(address);
        let mut fd = BufReader::with_capacity(8192, &client);
        let mut line = String::new();
        fd.read_line(&mut line).unwrap();
        assert_eq!(line, "hello\r\n");
        assert_eq!(fd.read(&mut [0; 10]).unwrap(), 0);
        server.wait().unwrap();
    });
}
