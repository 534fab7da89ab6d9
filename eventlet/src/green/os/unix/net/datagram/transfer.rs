//! Sending and receiving messages.

use std::io;
use std::path::Path;

use super::super::SocketAddr;
use super::UnixDatagram;
use crate::greenio::Direction;

impl UnixDatagram {
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
    /// use eventlet::green::os::unix::net::UnixDatagram;
    ///
    /// let (left, right) = UnixDatagram::pair()?;
    /// left.send(b"news")?;
    /// let (length, sender) = right.recv_from(&mut [0; 100])?;
    /// assert_eq!(length, 4);
    /// assert!(sender.is_unnamed());
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn recv_from(&self, buf: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let nobody = || Ok((0, SocketAddr::from_pathname("")?));
        self.source.receive(|socket| socket.recv_from(buf), nobody)
    }

    /// Waits for a message, and returns its length.
    ///
    /// What does not fit into the buffer is lost.
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
    /// use eventlet::green::os::unix::net::UnixDatagram;
    ///
    /// let (left, right) = UnixDatagram::pair()?;
    /// left.send(b"news")?;
    /// let mut message = [0; 2];
    /// assert_eq!(right.recv(&mut message)?, 2);
    /// assert_eq!(&message, b"ne");
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn recv(&self, buf: &mut [u8]) -> io::Result<usize> {
        self.source.receive(|socket| socket.recv(buf), || Ok(0))
    }

    /// Sends a message to the socket at a path.
    ///
    /// If the receiver has as many messages as it may, this waits. The system does not tell when
    /// there is room, so it is tried again after pauses, of 50 milliseconds in the end.
    /// [Connect](Self::connect) the socket, and [`send`](Self::send) is woken at once.
    ///
    /// # Errors
    ///
    /// Fails as [`connect`](Self::connect) does, if the message is too long, and with
    /// [`WouldBlock`](io::ErrorKind::WouldBlock) if the write timeout has passed, or the socket is
    /// non-blocking and there is no room.
    ///
    /// # Switching
    ///
    /// Switches if there is no room, where it fails while the caller unwinds, and every so often if
    /// there always is, so that the others run, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::os::unix::net::UnixDatagram;
    ///
    /// let path = std::env::temp_dir().join(format!("eventlet-doc-to-{}", std::process::id()));
    /// let receiver = UnixDatagram::bind(&path)?;
    /// UnixDatagram::unbound()?.send_to(b"news", &path)?;
    /// assert_eq!(receiver.recv(&mut [0; 100])?, 4);
    /// std::fs::remove_file(path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn send_to<P: AsRef<Path>>(&self, buf: &[u8], path: P) -> io::Result<usize> {
        let path = path.as_ref();
        self.source.send_elsewhere(|socket| socket.send_to(buf, path))
    }

    /// Sends a message to the socket at an address; otherwise like [`send_to`](Self::send_to).
    ///
    /// # Errors
    ///
    /// Fails as [`send_to`](Self::send_to) does.
    ///
    /// # Switching
    ///
    /// As [`send_to`](Self::send_to).
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::os::unix::net::UnixDatagram;
    ///
    /// let path = std::env::temp_dir().join(format!("eventlet-doc-at-to-{}", std::process::id()));
    /// let receiver = UnixDatagram::bind(&path)?;
    /// UnixDatagram::unbound()?.send_to_addr(b"news", &receiver.local_addr()?)?;
    /// assert_eq!(receiver.recv(&mut [0; 100])?, 4);
    /// std::fs::remove_file(path)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn send_to_addr(&self, buf: &[u8], socket_addr: &SocketAddr) -> io::Result<usize> {
        self.source.send_elsewhere(|socket| socket.send_to_addr(buf, socket_addr))
    }

    /// Sends a message to the peer, waiting as long as that has no room.
    ///
    /// # Errors
    ///
    /// Fails with [`NotConnected`](io::ErrorKind::NotConnected) if there is no peer, with
    /// [`ConnectionRefused`](io::ErrorKind::ConnectionRefused) if it is closed, if the message is
    /// too long, and with [`WouldBlock`](io::ErrorKind::WouldBlock) if the write timeout has
    /// passed, or the socket is non-blocking and there is no room.
    ///
    /// # Switching
    ///
    /// Switches if there is no room, where it fails while the caller unwinds, and every so often if
    /// there always is, so that the others run, too.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::green::os::unix::net::UnixDatagram;
    ///
    /// let (left, right) = UnixDatagram::pair()?;
    /// assert_eq!(left.send(b"news")?, 4);
    /// drop(right);
    /// let refused = left.send(b"news").unwrap_err();
    /// assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn send(&self, buf: &[u8]) -> io::Result<usize> {
        self.source.wait_for(Direction::Write, |socket| socket.send(buf))
    }
}
