//! What std documents about `std::net::ToSocketAddrs`, and about addresses as arguments.

use std::io;
use std::net::{
    IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6, TcpListener, TcpStream,
    ToSocketAddrs, UdpSocket,
};

use eventlet_tests::check;

/// What it means, all of it.
fn all(addresses: impl ToSocketAddrs) -> io::Result<Vec<SocketAddr>> {
    Ok(addresses.to_socket_addrs()?.collect())
}

fn parsed(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

#[test]
fn addresses_mean_themselves() {
    check(|| {
        let (four, six) = (parsed("127.0.0.1:80"), parsed("[::1]:80"));
        assert_eq!(all(four).unwrap(), [four]);
        assert_eq!(all(six).unwrap(), [six]);
        assert_eq!(all(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 80)).unwrap(), [four]);
        assert_eq!(all(SocketAddrV6::new(Ipv6Addr::LOCALHOST, 80, 0, 0)).unwrap(), [six]);
    });
}

#[test]
fn pairs_of_address_and_port() {
    check(|| {
        let (four, six) = (parsed("127.0.0.1:80"), parsed("[::1]:80"));
        assert_eq!(all((Ipv4Addr::LOCALHOST, 80)).unwrap(), [four]);
        assert_eq!(all((Ipv6Addr::LOCALHOST, 80)).unwrap(), [six]);
        assert_eq!(all((IpAddr::from([127, 0, 0, 1]), 80)).unwrap(), [four]);
        assert_eq!(all(("127.0.0.1", 80)).unwrap(), [four]);
        assert_eq!(all(("::1", 80)).unwrap(), [six]);
        assert_eq!(all((String::from("127.0.0.1"), 80)).unwrap(), [four]);
    });
}

#[test]
fn texts() {
    check(|| {
        assert_eq!(all("127.0.0.1:80").unwrap(), [parsed("127.0.0.1:80")]);
        assert_eq!(all("[::1]:80").unwrap(), [parsed("[::1]:80")]);
        assert_eq!(all(String::from("127.0.0.1:0")).unwrap(), [parsed("127.0.0.1:0")]);
        let address = String::from("127.0.0.1:65535");
        assert_eq!(all(&address).unwrap(), [parsed(&address)]);
    });
}

#[test]
fn slices_in_their_order() {
    check(|| {
        let addresses = [parsed("127.0.0.1:3"), parsed("[::1]:1"), parsed("127.0.0.1:2")];
        assert_eq!(all(&addresses[..]).unwrap(), addresses);
        assert_eq!(all(&addresses[..0]).unwrap(), []);
        assert_eq!(addresses.as_slice().to_socket_addrs().unwrap().len(), 3);
    });
}

#[test]
fn names_are_looked_up() {
    check(|| {
        for addresses in
            [all("localhost:80"), all(("localhost", 80)), all("localhost:80".to_owned())]
        {
            let addresses = addresses.unwrap();
            assert!(!addresses.is_empty());
            assert!(addresses.iter().all(|address| address.ip().is_loopback()));
            assert!(addresses.iter().all(|address| address.port() == 80));
        }
    });
}

#[test]
fn sockets_take_names() {
    check(|| {
        let listener = TcpListener::bind("localhost:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let stream = TcpStream::connect(("localhost", port)).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), listener.local_addr().unwrap());
        let socket = UdpSocket::bind(("localhost", 0)).unwrap();
        let port = socket.local_addr().unwrap().port();
        let sender = UdpSocket::bind(("localhost", 0)).unwrap();
        assert_eq!(sender.send_to(b"x", format!("localhost:{port}")).unwrap(), 1);
        assert_eq!(socket.recv(&mut [0; 9]).unwrap(), 1);
    });
}

#[test]
fn what_is_no_address() {
    check(|| {
        for (text, message) in [
            ("127.0.0.1", "invalid socket address"),
            ("localhost", "invalid socket address"),
            ("localhost:", "invalid port value"),
            ("localhost:99999", "invalid port value"),
            ("localhost:-1", "invalid port value"),
        ] {
            let error = all(text).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{text}");
            assert_eq!(error.to_string(), message, "{text}");
        }
        assert_eq!(all(("a\0b", 80)).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    });
}

/// A type of the user's, which stands for two addresses.
struct Both(TcpListener, TcpListener);

impl ToSocketAddrs for Both {
    type Iter = std::array::IntoIter<SocketAddr, 2>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        Ok([self.0.local_addr()?, self.1.local_addr()?].into_iter())
    }
}

#[test]
fn types_of_the_users() {
    check(|| {
        let listener = || TcpListener::bind("127.0.0.1:0").unwrap();
        let both = Both(listener(), listener());
        assert_eq!(all(&both).unwrap().len(), 2);
        let stream = TcpStream::connect(&both).unwrap();
        assert_eq!(stream.peer_addr().unwrap(), both.0.local_addr().unwrap());
    });
}

/// Generic code that was written for std's trait.
fn connect_to<A>(address: A) -> io::Result<TcpStream>
where
    A: ToSocketAddrs + Copy,
{
    TcpStream::connect(address)
}

#[test]
fn generic_code() {
    check(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        connect_to(address).unwrap();
        connect_to(&*address.to_string()).unwrap();
        connect_to((address.ip(), address.port())).unwrap();
        let dynamic: &dyn ToSocketAddrs<Iter = std::option::IntoIter<SocketAddr>> = &address;
        TcpStream::connect(dynamic).unwrap();
    });
}
