//! From what the user says to the addresses it means.

use std::io;
use std::net::{self, IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::{iter, option, slice, vec};

use crate::tpool;

/// What can be turned into socket addresses; std's [`ToSocketAddrs`](net::ToSocketAddrs), green.
///
/// It is implemented for the same types. Addresses in digits are understood at once. A name is
/// looked up by the system's resolver, which blocks, so that is left to the native threads of
/// [`tpool`](crate::tpool), and only the caller waits.
///
/// # Examples
///
/// ```
/// use eventlet::green::net::{SocketAddr, ToSocketAddrs};
///
/// let numeric: Vec<SocketAddr> = "127.0.0.1:80".to_socket_addrs()?.collect();
/// assert_eq!(numeric, ["127.0.0.1:80".parse().unwrap()]);
///
/// let named = ("localhost", 443).to_socket_addrs()?;
/// assert!(named.into_iter().all(|address| address.ip().is_loopback()));
///
/// let error = "no port".to_socket_addrs().unwrap_err();
/// assert_eq!(error.to_string(), "invalid socket address");
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait ToSocketAddrs {
    /// Goes through the addresses.
    type Iter: Iterator<Item = SocketAddr>;

    /// Finds out which addresses are meant.
    ///
    /// # Errors
    ///
    /// Fails if the text is not an address, and if a name cannot be looked up.
    ///
    /// # Switching
    ///
    /// Switches if a name has to be looked up.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::net::ToSocketAddrs;
    ///
    /// let mut addresses = ("127.0.0.1", 80).to_socket_addrs()?;
    /// assert_eq!(addresses.next().unwrap().port(), 80);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    fn to_socket_addrs(&self) -> io::Result<Self::Iter>;
}

/// Passes on to std, where nothing waits.
macro_rules! as_in_std {
    ($($type:ty),+ $(,)?) => {$(
        impl ToSocketAddrs for $type {
            type Iter = option::IntoIter<SocketAddr>;

            fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
                net::ToSocketAddrs::to_socket_addrs(self)
            }
        }
    )+};
}

as_in_std! {
    SocketAddr,
    SocketAddrV4,
    SocketAddrV6,
    (IpAddr, u16),
    (Ipv4Addr, u16),
    (Ipv6Addr, u16),
}

impl ToSocketAddrs for (&str, u16) {
    type Iter = vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        let (host, port) = *self;
        match host.parse::<IpAddr>() {
            Ok(ip) => Ok(vec![SocketAddr::new(ip, port)].into_iter()),
            Err(_) => look_up(host, port),
        }
    }
}

impl ToSocketAddrs for (String, u16) {
    type Iter = vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        (self.0.as_str(), self.1).to_socket_addrs()
    }
}

impl ToSocketAddrs for str {
    type Iter = vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        if let Ok(address) = self.parse() {
            return Ok(vec![address].into_iter());
        }
        let (host, port) =
            self.rsplit_once(':').ok_or_else(|| invalid("invalid socket address"))?;
        let port = port.parse().map_err(|_| invalid("invalid port value"))?;
        look_up(host, port)
    }
}

impl ToSocketAddrs for String {
    type Iter = vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        self.as_str().to_socket_addrs()
    }
}

impl<'a> ToSocketAddrs for &'a [SocketAddr] {
    type Iter = iter::Cloned<slice::Iter<'a, SocketAddr>>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        Ok(self.iter().cloned())
    }
}

impl<T: ToSocketAddrs + ?Sized> ToSocketAddrs for &T {
    type Iter = T::Iter;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        T::to_socket_addrs(self)
    }
}

/// Asks the system's resolver, off the hub.
fn look_up(host: &str, port: u16) -> io::Result<vec::IntoIter<SocketAddr>> {
    let host = host.to_owned();
    tpool::off_hub(move || net::ToSocketAddrs::to_socket_addrs(&(host, port)))
}

/// Tries the addresses in turn until one does; the last failure is what counts.
pub(super) fn try_each<A: ToSocketAddrs, R>(
    addresses: A,
    mut attempt: impl FnMut(&SocketAddr) -> io::Result<R>,
) -> io::Result<R> {
    let mut failure = None;
    for address in addresses.to_socket_addrs()? {
        match attempt(&address) {
            Ok(done) => return Ok(done),
            Err(error) => failure = Some(error),
        }
    }
    Err(failure.unwrap_or_else(|| invalid("could not resolve to any addresses")))
}

fn invalid(message: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}
