//! What was said in the handshake.

use super::WebSocket;

impl WebSocket {
    /// What the client has asked for: the path, and the query if there is one.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// # use eventlet::green::os::unix::net::UnixStream;
    /// # use eventlet::websocket;
    /// # let (ours, theirs) = UnixStream::pair()?;
    /// # let client = eventlet::spawn(move || {
    /// #     websocket::client(theirs, "ws://localhost/chat?room=1").is_ok()
    /// # });
    /// let ws = websocket::accept(ours)?;
    /// assert_eq!(ws.target(), "/chat?room=1");
    /// assert_eq!(ws.path(), "/chat");
    /// assert_eq!(ws.query(), Some("room=1"));
    /// assert_eq!(ws.header("host"), Some("localhost"));
    /// assert_eq!(ws.origin(), None);
    /// assert_eq!(ws.protocol(), None);
    /// assert_eq!(ws.version(), 13);
    /// # client.wait().unwrap();
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "environ")]
    pub fn target(&self) -> &str {
        &self.connection().opening.target
    }

    /// The path, as it was sent: nothing is decoded.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`target`](WebSocket::target).
    pub fn path(&self) -> &str {
        self.target().split('?').next().unwrap_or_default()
    }

    /// The query, which follows the first `?`.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`target`](WebSocket::target).
    pub fn query(&self) -> Option<&str> {
        self.target().split_once('?').map(|(_, query)| query)
    }

    /// A field of the peer's header, the first one of this name, if it is visible ASCII.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`target`](WebSocket::target).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.connection().opening.headers.get(name).and_then(|field| field.to_str().ok())
    }

    /// The origin of the page that the client runs in, if it is a browser.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`target`](WebSocket::target).
    pub fn origin(&self) -> Option<&str> {
        let old = || self.header("sec-websocket-origin").filter(|_| self.version() == 8);
        self.header("origin").or_else(old)
    }

    /// The sub-protocol that both sides have agreed on.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`target`](WebSocket::target).
    pub fn protocol(&self) -> Option<&str> {
        self.connection().opening.protocol.as_deref()
    }

    /// The version of the protocol: 13, or 8 with very old clients. They differ in the handshake
    /// only.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// See [`target`](WebSocket::target).
    pub fn version(&self) -> u8 {
        self.connection().opening.version
    }
}
