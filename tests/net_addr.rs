//! Addresses: what is understood, and what is said when it is not.

use std::io::{Read, Write};
use std::net;

use eventlet::green::net::{
    IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, TcpListener, TcpStream,
    ToSocketAddrs,
};
use eventlet::{sleep, spawn};
use eventlet_tests::{check, ms};

/// Both resolve to the same addresses, or fail with the same words.
fn same<A: ToSocketAddrs + net::ToSocketAddrs>(address: A) {
    let describe = |error: std::io::Error| (error.kind(), error.to_string());
    let ours: Result<Vec<SocketAddr>, _> =
        ToSocketAddrs::to_socket_addrs(&address).map(Iterator::collect).map_err(describe);
    let theirs =
        net::ToSocketAddrs::to_socket_addrs(&address).map(Iterator::collect).map_err(describe);
    assert_eq!(ours, theirs);
}

#[test]
fn everything_that_std_takes() {
    check(|| {
        let (v4, v6) = (Ipv4Addr::LOCALHOST, Ipv6Addr::LOCALHOST);
        let socket: SocketAddr = (v4, 80).into();
        same(socket);
        same(SocketAddrV4::new(v4, 80));
        same(SocketAddrV6::new(v6, 80, 1, 2));
        same((v4, 80));
        same((v6, 80));
        same((IpAddr::V6(v6), 80));
        same(("127.0.0.1", 80));
        same(("::1", 80));
        same(("127.0.0.1".to_owned(), 80));
        same("127.0.0.1:80");
        same("[::1]:80");
        same("127.0.0.1:80".to_owned());
        same(&[socket, (v6, 81).into()][..]);
        let (socket, text) = (&socket, &"127.0.0.1:80".to_owned());
        same(socket);
        same(text);
    });
}

#[test]
fn errors_are_stds() {
    check(|| {
        for text in ["", "nothing", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "1.2.3.4:99999"] {
            same(text);
        }
        same(("a\0b", 80));
        same("no-such-host.invalid:80");
    });
}

#[test]
fn names_are_looked_up() {
    check(|| {
        same("localhost:80");
        same(("localhost", 80));
        let listener = TcpListener::bind("localhost:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let client = spawn(move || TcpStream::connect(("localhost", port)).unwrap());
        listener.accept().unwrap();
        client.wait().unwrap();
    });
}

/// While a name is looked up, others run.
#[test]
fn looking_up_does_not_hold_the_hub() {
    check(|| {
        let other = spawn(|| (0..3).for_each(|_| sleep(ms(1))));
        let lookup = spawn(|| "localhost:1".to_socket_addrs().unwrap().count());
        assert!(lookup.wait().unwrap() > 0);
        other.wait().unwrap();
        let killed = spawn(|| "localhost:1".to_socket_addrs().map(drop));
        sleep(ms(0));
        killed.kill();
        let _ = killed.wait();
    });
}

#[test]
fn the_newer_protocol() {
    check(|| {
        let Ok(listener) = TcpListener::bind("[::1]:0") else {
            eprintln!("this machine has no IPv6");
            return;
        };
        let address = listener.local_addr().unwrap();
        let client = spawn(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"six").unwrap();
            stream.local_addr().unwrap()
        });
        let (mut stream, peer) = listener.accept().unwrap();
        assert_eq!(stream.peer_addr().unwrap(), peer);
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        assert_eq!(text, "six");
        assert_eq!(client.wait().unwrap(), peer);
    });
}
