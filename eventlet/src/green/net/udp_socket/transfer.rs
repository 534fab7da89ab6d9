//! Sending and receiving.

use std::io;
use std::net::SocketAddr;

use super::super::ToSocketAddrs;
use super::UdpSocket;
use crate::greenio::Direction;

impl UdpSocket {
    /// Sends a message to an address; the first if there are several.
    ///
    /// # Errors
    ///
    /// Fails as the system does, for example if the message is too long; with
    /// [`InvalidInput`](io::ErrorKind::InvalidInput) if there is no address; and with
    /// [`WouldBlock`](io::ErrorKind::WouldBlock) if the write timeout has passed, or the socket is
    /// non-blocking and its buffer full.
    ///
    /// # Switching
    ///
    /// Switches if a name has to be looked up, if the system's buffer is full, where it fails while
    /// the caller unwinds, and every so often if it never is, so that the others run, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::net::UdpSocket;
    ///
    /// let receiver = UdpSocket::bind("127.0.0.1:0")?;
    /// let sender = UdpSocket::bind("127.0.0.1:0")?;
    /// assert_eq!(sender.send_to(b"news", receiver.local_addr()?)?, 4);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn send_to<A: ToSocketAddrs>(&self, buf: &[u8], addr: A) -> io::Result<usize> {
        let Some(address) = addr.to_socket_addrs()?.next() else {
            let text = "no addresses to send data to";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        };
        self.source.wait_for(Direction::Write, |socket| socket.send_to(buf, address))
    }

    /// Sends a message to the peer that was chosen by [`connect`](Self::connect).
    ///
    /// # Errors
    ///
    /// As [`send_to`](Self::send_to), and if there is no peer. If the peer's system has answered
    /// an earlier message by saying that nobody listens there, it fails with
    /// [`ConnectionRefused`](io::ErrorKind::ConnectionRefused), once.
    ///
    /// # Switching
    ///
    /// Switches if the system's buffer is full, where it fails while the caller unwinds, and every
    /// so often if it never is, so that the others run, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::net::UdpSocket;
    ///
    /// let (left, right) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
    /// left.connect(right.local_addr()?)?;
    /// assert_eq!(left.send(b"news")?, 4);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn send(&self, buf: &[u8]) -> io::Result<usize> {
        self.source.wait_for(Direction::Write, |socket| socket.send(buf))
    }

    /// Waits for a message, and returns its length and the address of its sender.
    ///
    /// What does not fit into the buffer is lost.
    ///
    /// # Errors
    ///
    /// Fails with [`WouldBlock`](io::ErrorKind::WouldBlock) if the read timeout has passed, or the
    /// socket is non-blocking and there is no message.
    ///
    /// # Switching
    ///
    /// Switches if there is no message, where it fails while the caller unwinds, and every so often
    /// if there always is one, so that the others run, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::net::UdpSocket;
    ///
    /// let receiver = UdpSocket::bind("127.0.0.1:0")?;
    /// let sender = UdpSocket::bind("127.0.0.1:0")?;
    /// sender.send_to(b"news", receiver.local_addr()?)?;
    /// let mut message = [0; 100];
    /// assert_eq!(receiver.recv_from(&mut message)?, (4, sender.local_addr()?));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn recv_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.source.wait_for(Direction::Read, |socket| socket.recv_from(buf))
    }

    /// Like [`recv_from`](Self::recv_from), but leaves the message: the next call returns it again.
    ///
    /// # Errors
    ///
    /// As [`recv_from`](Self::recv_from).
    ///
    /// # Switching
    ///
    /// As [`recv_from`](Self::recv_from).
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::net::UdpSocket;
    ///
    /// let receiver = UdpSocket::bind("127.0.0.1:0")?;
    /// let sender = UdpSocket::bind("127.0.0.1:0")?;
    /// sender.send_to(b"news", receiver.local_addr()?)?;
    /// let mut start = [0; 1];
    /// assert_eq!(receiver.peek_from(&mut start)?, (1, sender.local_addr()?));
    /// assert_eq!(receiver.recv(&mut [0; 100])?, 4);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn peek_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        self.source.wait_for(Direction::Read, |socket| socket.peek_from(buf))
    }

    /// Waits for a message, and returns its length. If the socket is connected, it is one of its
    /// peer.
    ///
    /// What does not fit into the buffer is lost.
    ///
    /// # Errors
    ///
    /// As [`recv_from`](Self::recv_from). If the peer's system has answered a message by saying
    /// that nobody listens there, it fails with
    /// [`ConnectionRefused`](io::ErrorKind::ConnectionRefused), once.
    ///
    /// # Switching
    ///
    /// As [`recv_from`](Self::recv_from).
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::net::UdpSocket;
    ///
    /// let (left, right) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
    /// left.connect(right.local_addr()?)?;
    /// right.send_to(b"news", left.local_addr()?)?;
    /// let mut message = [0; 100];
    /// assert_eq!(left.recv(&mut message)?, 4);
    /// assert_eq!(&message[..4], b"news");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn recv(&self, buf: &mut [u8]) -> io::Result<usize> {
        self.source.wait_for(Direction::Read, |socket| socket.recv(buf))
    }

    /// Like [`recv`](Self::recv), but leaves the message: the next call returns it again.
    ///
    /// # Errors
    ///
    /// As [`recv`](Self::recv).
    ///
    /// # Switching
    ///
    /// As [`recv`](Self::recv).
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::net::UdpSocket;
    ///
    /// let (left, right) = (UdpSocket::bind("127.0.0.1:0")?, UdpSocket::bind("127.0.0.1:0")?);
    /// right.send_to(b"news", left.local_addr()?)?;
    /// assert_eq!(left.peek(&mut [0; 100])?, 4);
    /// assert_eq!(left.recv(&mut [0; 100])?, 4);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn peek(&self, buf: &mut [u8]) -> io::Result<usize> {
        self.source.wait_for(Direction::Read, |socket| socket.peek(buf))
    }
}
