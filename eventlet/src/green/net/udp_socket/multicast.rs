//! Messages to many.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::UdpSocket;

impl UdpSocket {
    /// Sets whether messages may be sent to the broadcast address (`SO_BROADCAST`).
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let socket = eventlet::green::net::UdpSocket::bind("127.0.0.1:0")?;
    /// socket.set_broadcast(true)?;
    /// assert!(socket.broadcast()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_broadcast(&self, broadcast: bool) -> io::Result<()> {
        self.source.get().set_broadcast(broadcast)
    }

    /// Whether messages may be sent to the broadcast address.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let socket = eventlet::green::net::UdpSocket::bind("127.0.0.1:0")?;
    /// assert!(!socket.broadcast()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn broadcast(&self) -> io::Result<bool> {
        self.source.get().broadcast()
    }

    /// Sets whether what is sent to a group comes back to this machine (`IP_MULTICAST_LOOP`).
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let socket = eventlet::green::net::UdpSocket::bind("127.0.0.1:0")?;
    /// socket.set_multicast_loop_v4(false)?;
    /// assert!(!socket.multicast_loop_v4()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_multicast_loop_v4(&self, multicast_loop_v4: bool) -> io::Result<()> {
        self.source.get().set_multicast_loop_v4(multicast_loop_v4)
    }

    /// Whether what is sent to a group comes back to this machine.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let socket = eventlet::green::net::UdpSocket::bind("127.0.0.1:0")?;
    /// assert!(socket.multicast_loop_v4()?);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn multicast_loop_v4(&self) -> io::Result<bool> {
        self.source.get().multicast_loop_v4()
    }

    /// Sets the time-to-live of what is sent to a group (`IP_MULTICAST_TTL`); 1, the default, keeps it
    /// in the local network.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let socket = eventlet::green::net::UdpSocket::bind("127.0.0.1:0")?;
    /// socket.set_multicast_ttl_v4(4)?;
    /// assert_eq!(socket.multicast_ttl_v4()?, 4);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_multicast_ttl_v4(&self, multicast_ttl_v4: u32) -> io::Result<()> {
        self.source.get().set_multicast_ttl_v4(multicast_ttl_v4)
    }

    /// The time-to-live of what is sent to a group.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let socket = eventlet::green::net::UdpSocket::bind("127.0.0.1:0")?;
    /// assert_eq!(socket.multicast_ttl_v4()?, 1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn multicast_ttl_v4(&self) -> io::Result<u32> {
        self.source.get().multicast_ttl_v4()
    }

    /// Sets whether what is sent to an IPv6 group comes back to this machine
    /// (`IPV6_MULTICAST_LOOP`).
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// // Not every machine has IPv6.
    /// if let Ok(socket) = eventlet::green::net::UdpSocket::bind("[::1]:0") {
    ///     socket.set_multicast_loop_v6(false)?;
    ///     assert!(!socket.multicast_loop_v6()?);
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn set_multicast_loop_v6(&self, multicast_loop_v6: bool) -> io::Result<()> {
        self.source.get().set_multicast_loop_v6(multicast_loop_v6)
    }

    /// Whether what is sent to an IPv6 group comes back to this machine.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// // Not every machine has IPv6.
    /// if let Ok(socket) = eventlet::green::net::UdpSocket::bind("[::1]:0") {
    ///     assert!(socket.multicast_loop_v6()?);
    /// }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn multicast_loop_v6(&self) -> io::Result<bool> {
        self.source.get().multicast_loop_v6()
    }

    /// Joins a group at the interface that has the address `interface`; the system chooses one if that
    /// is unspecified (`0.0.0.0`).
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::net::Ipv4Addr;
    ///
    /// let socket = eventlet::green::net::UdpSocket::bind("127.0.0.1:0")?;
    /// let group = Ipv4Addr::new(239, 1, 2, 3);
    /// socket.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn join_multicast_v4(&self, multiaddr: &Ipv4Addr, interface: &Ipv4Addr) -> io::Result<()> {
        self.source.get().join_multicast_v4(multiaddr, interface)
    }

    /// Joins an IPv6 group at the interface with this index; the system chooses one if that is 0.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let socket = eventlet::green::net::UdpSocket::bind("127.0.0.1:0")?;
    /// let group = "ff12::1".parse().unwrap();
    /// assert!(socket.join_multicast_v6(&group, 0).is_err(), "it is a socket for IPv4");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn join_multicast_v6(&self, multiaddr: &Ipv6Addr, interface: u32) -> io::Result<()> {
        self.source.get().join_multicast_v6(multiaddr, interface)
    }

    /// Leaves a group that was joined with the same arguments.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::net::Ipv4Addr;
    ///
    /// let socket = eventlet::green::net::UdpSocket::bind("127.0.0.1:0")?;
    /// let group = Ipv4Addr::new(239, 1, 2, 3);
    /// socket.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST)?;
    /// socket.leave_multicast_v4(&group, &Ipv4Addr::LOCALHOST)?;
    /// assert!(socket.leave_multicast_v4(&group, &Ipv4Addr::LOCALHOST).is_err());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn leave_multicast_v4(&self, multiaddr: &Ipv4Addr, interface: &Ipv4Addr) -> io::Result<()> {
        self.source.get().leave_multicast_v4(multiaddr, interface)
    }

    /// Leaves an IPv6 group that was joined with the same arguments.
    ///
    /// # Errors
    ///
    /// Fails as the system does.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// let socket = eventlet::green::net::UdpSocket::bind("127.0.0.1:0")?;
    /// let group = "ff12::1".parse().unwrap();
    /// assert!(socket.leave_multicast_v6(&group, 0).is_err(), "it was never joined");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn leave_multicast_v6(&self, multiaddr: &Ipv6Addr, interface: u32) -> io::Result<()> {
        self.source.get().leave_multicast_v6(multiaddr, interface)
    }
}
