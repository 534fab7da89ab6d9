//! What is swapped of `std::net` and of what belongs to it.

use super::{Mirror, Missing, NOT_YET};

pub const ALL: &[Mirror] = &[NET];

const NET: Mirror = Mirror {
    group: "net",
    path: &["net"],
    green: &["Incoming", "IntoIncoming", "TcpListener", "TcpStream", "ToSocketAddrs"],
    shared: &[
        "AddrParseError",
        "IpAddr",
        "Ipv4Addr",
        "Ipv6Addr",
        "Shutdown",
        "SocketAddr",
        "SocketAddrV4",
        "SocketAddrV6",
    ],
    missing: &[Missing { name: "UdpSocket", instead: NOT_YET }],
};
