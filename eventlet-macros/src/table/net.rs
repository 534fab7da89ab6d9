//! What is swapped of `std::net` and of what belongs to it.

use super::Mirror;

pub const ALL: &[Mirror] = &[NET, UNIX, LINUX];

const NET: Mirror = Mirror {
    group: "net",
    path: &["net"],
    green: &["Incoming", "IntoIncoming", "TcpListener", "TcpStream", "ToSocketAddrs", "UdpSocket"],
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
    missing: &[],
};

const UNIX: Mirror = Mirror {
    group: "net",
    path: &["os", "unix", "net"],
    green: &["Incoming", "UnixDatagram", "UnixListener", "UnixStream"],
    shared: &["SocketAddr"],
    missing: &[],
};

const LINUX: Mirror = Mirror {
    group: "net",
    path: &["os", "linux", "net"],
    green: &["TcpStreamExt"],
    shared: &["SocketAddrExt"],
    missing: &[],
};
