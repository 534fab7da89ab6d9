//! Whom a client trusts, what peers do not agree on, and what is not TLS.

use std::io::{self, ErrorKind, Write};

use eventlet::green::net::TcpStream;
use eventlet::green::ssl::{Acceptor, AcceptorBuilder, Connector, ConnectorBuilder};
use eventlet::green::ssl::{HandshakeError, Reason, TlsStream, Version};
use eventlet::spawn;
use eventlet_http_tests::tls::Tls;
use eventlet_http_tests::{Certificates, Issued, PASSWORD};
use eventlet_tests::check;
use eventlet_tests::net::pair;

fn server(issued: &Issued) -> AcceptorBuilder {
    Acceptor::builder().certificate_files(issued.pem(), issued.key())
}

fn client(certificates: &Certificates) -> ConnectorBuilder {
    Connector::builder().only_given_cas().ca_file(certificates.ca())
}

/// How the handshake goes on both sides.
fn shake(
    server: &AcceptorBuilder,
    client: &ConnectorBuilder,
    name: &str,
) -> (io::Result<()>, io::Result<TlsStream<TcpStream>>) {
    let (near, far) = pair();
    let stream = server.build().unwrap().accept(far);
    let server = spawn(move || stream.handshake());
    let client = client.build().unwrap().connect(name, near);
    (server.wait().unwrap(), client)
}

fn reason(error: &io::Error) -> Reason {
    HandshakeError::of(error).unwrap_or_else(|| panic!("{error:?}")).reason()
}

/// The client refuses the server's certificate, and both know it.
fn assert_refused(server: &AcceptorBuilder, client: &ConnectorBuilder, name: &str, why: &str) {
    let (server, client) = shake(server, client, name);
    let error = client.unwrap_err();
    assert_eq!(
        (error.kind(), reason(&error)),
        (ErrorKind::PermissionDenied, Reason::CertificateRefused)
    );
    assert!(error.to_string().contains(why), "{error}");
    let error = server.unwrap_err();
    assert_eq!(
        (error.kind(), reason(&error)),
        (ErrorKind::ConnectionAborted, Reason::RefusedByPeer)
    );
}

/// Both agree.
fn assert_good(server: &AcceptorBuilder, client: &ConnectorBuilder, name: &str) {
    let (server, client) = shake(server, client, name);
    client.unwrap();
    server.unwrap();
}

#[test]
fn a_certificate_of_an_unknown_issuer_is_refused() {
    check(|| {
        let (ours, theirs) = (Certificates::new(), Certificates::new());
        let (server, client) = (server(&theirs.server()), client(&ours));
        assert_refused(&server, &client, "localhost", "certificate");
        // Those whom the system trusts do not know it either.
        assert_refused(&server, &Connector::builder(), "localhost", "certificate");
        assert_good(&server, &client.clone().ca_file(theirs.ca()), "localhost");
    });
}

#[test]
fn a_certificate_for_another_name_is_refused() {
    check(|| {
        let certificates = Certificates::new();
        let elsewhere = server(&certificates.issue("elsewhere", "DNS:elsewhere.example"));
        let client = client(&certificates);
        assert_refused(&elsewhere, &client, "localhost", "hostname mismatch");
        assert_refused(&elsewhere, &client, "127.0.0.1", "IP address mismatch");
        assert_good(&elsewhere, &client, "elsewhere.example");
        assert_good(&elsewhere, &client.clone().danger_accept_any_name(), "localhost");
    });
}

#[test]
fn addresses_are_names_too() {
    check(|| {
        let certificates = Certificates::new();
        let server = server(&certificates.server());
        for name in ["localhost", "127.0.0.1", "::1"] {
            assert_good(&server, &client(&certificates), name);
        }
        assert_refused(&server, &client(&certificates), "127.0.0.2", "IP address mismatch");
    });
}

#[test]
fn a_certificate_out_of_date_is_refused() {
    check(|| {
        let certificates = Certificates::new();
        let server = server(&certificates.expired());
        assert_refused(&server, &client(&certificates), "localhost", "expired");
    });
}

#[test]
fn who_asks_for_danger_accepts_anything() {
    check(|| {
        let (ours, theirs) = (Certificates::new(), Certificates::new());
        let client = client(&ours).danger_accept_any_certificate();
        assert_good(&server(&theirs.expired()), &client, "wherever.example");
        // It is still refused by those who only do not look at the name.
        let client = self::client(&ours).danger_accept_any_name();
        assert_refused(&server(&theirs.server()), &client, "localhost", "certificate");
    });
}

#[test]
fn versions_have_to_overlap() {
    check(|| {
        let certificates = Certificates::new();
        let server = server(&certificates.server());
        let client = client(&certificates);
        assert_good(&server, &client, "localhost");
        assert_good(&server, &client.clone().max_version(Version::Tls12), "localhost");
        let new = client.min_version(Version::Tls13);
        let (far, near) = shake(&server, &new, "localhost");
        let error = near.unwrap_err();
        assert_eq!(
            (error.kind(), reason(&error)),
            (ErrorKind::ConnectionAborted, Reason::RefusedByPeer)
        );
        let error = far.unwrap_err();
        assert_eq!((error.kind(), reason(&error)), (ErrorKind::InvalidData, Reason::Protocol));
        // A server cannot do it, and says so before somebody comes.
        let error = server.min_version(Version::Tls13).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
    });
}

#[test]
fn protocols_are_agreed_on_or_not() {
    check(|| {
        let certificates = Certificates::new();
        let negotiate = |servers: &[&str], clients: &[&str]| {
            let server = server(&certificates.server()).alpn(servers.iter().copied());
            let client = client(&certificates).alpn(clients.iter().copied());
            let (far, near) = shake(&server, &client, "localhost");
            far.unwrap();
            let agreed = near.unwrap().negotiated_alpn().unwrap();
            agreed.map(|protocol| String::from_utf8(protocol).unwrap())
        };
        assert_eq!(negotiate(&["h2", "http/1.1"], &["http/1.1", "h2"]).as_deref(), Some("h2"));
        assert_eq!(negotiate(&["http/1.1"], &["h2", "http/1.1"]).as_deref(), Some("http/1.1"));
        assert_eq!(negotiate(&["h2"], &["http/1.1"]), None);
        assert_eq!(negotiate(&[], &["h2"]), None);
        assert_eq!(negotiate(&["h2"], &[]), None);
    });
}

#[test]
fn a_client_may_show_a_certificate_of_its_own() {
    check(|| {
        // Servers do not ask for it; that it can be read and is no hindrance is all there is to see.
        let certificates = Certificates::new();
        let own = certificates.issue("client", "DNS:client.example");
        let client = client(&certificates).certificate_files(own.pem(), own.key());
        assert_good(&server(&certificates.server()), &client, "localhost");
    });
}

#[test]
fn certificates_come_in_several_forms() {
    check(|| {
        let certificates = Certificates::new();
        let issued = certificates.server();
        let read = |path: &std::path::Path| std::fs::read(path).unwrap();
        let (pem, key) = (read(issued.pem()), read(&issued.key()));
        let both = [&pem[..], &key[..]].concat();
        let client = client(&certificates);
        for server in [
            Acceptor::builder().certificate(&pem, &key),
            Acceptor::builder().certificate(&both, &both),
            Acceptor::builder().pkcs12(read(&issued.pkcs12()), PASSWORD),
        ] {
            assert_good(&server, &client, "localhost");
        }
    });
}

#[test]
fn what_cannot_be_read_is_told() {
    check(|| {
        let certificates = Certificates::new();
        let issued = certificates.server();
        let read = |path: &std::path::Path| std::fs::read(path).unwrap();
        let (pem, key) = (read(issued.pem()), read(&issued.key()));
        let stranger = read(&certificates.issue("stranger", "DNS:stranger.example").key());
        let server_says = |builder: AcceptorBuilder| {
            let error = builder.build().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{error}");
            error.to_string()
        };
        assert!(server_says(Acceptor::builder()).contains("needs a certificate"));
        let sec1 = "-----BEGIN EC PRIVATE KEY-----\nAA==\n-----END EC PRIVATE KEY-----\n";
        assert!(server_says(Acceptor::builder().certificate(&pem, sec1)).contains("pkcs8"));
        server_says(Acceptor::builder().certificate("nothing", &key));
        let theirs = server_says(Acceptor::builder().certificate(&pem, stranger));
        assert!(theirs.contains("not that of the certificate"), "{theirs}");
        let wrong = Acceptor::builder().pkcs12(read(&issued.pkcs12()), "wrong");
        assert!(server_says(wrong).contains("password"));

        let error = Connector::builder().ca("nothing").build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        let error = Connector::builder().ca_file("/does/not/exist").build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert!(error.to_string().contains("/does/not/exist"), "{error}");
    });
}

#[test]
fn what_is_not_tls_is_told() {
    check(|| {
        let tls = Tls::new();
        for words in [&b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"[..], b"SSH-2.0-x\r\n", &[0; 40]]
        {
            let (mut near, far) = pair();
            near.write_all(words).unwrap();
            let error = tls.acceptor.accept(far).handshake().unwrap_err();
            assert_eq!((error.kind(), reason(&error)), (ErrorKind::InvalidData, Reason::NotTls));
        }
        let (mut near, far) = pair();
        near.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        let error = tls.acceptor.accept(far).handshake().unwrap_err();
        assert!(error.to_string().contains("GET / HTTP"), "{error}");
    });
}

#[test]
fn a_connection_that_ends_too_early_is_told() {
    check(|| {
        let tls = Tls::new();
        let (near, far) = pair();
        drop(near);
        let stream = tls.acceptor.accept(far);
        for _ in 0..2 {
            let error = stream.handshake().unwrap_err();
            assert_eq!((error.kind(), reason(&error)), (ErrorKind::UnexpectedEof, Reason::Closed));
        }
        // In the middle of the first message.
        let (mut near, far) = pair();
        near.write_all(&[22, 3, 1, 2, 0, 1, 0, 1]).unwrap();
        drop(near);
        let error = tls.acceptor.accept(far).handshake().unwrap_err();
        assert_eq!((error.kind(), reason(&error)), (ErrorKind::UnexpectedEof, Reason::Closed));
    });
}
