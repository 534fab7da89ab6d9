//! What is sent and received.

/// A message of a [`WebSocket`](super::WebSocket).
///
/// [`send`](super::WebSocket::send) takes texts and bytes as they are, too.
///
/// # Examples
///
/// ```
/// use eventlet::websocket::Message;
///
/// assert_eq!(Message::from("hello"), Message::Text("hello".to_owned()));
/// assert_eq!(Message::from([1, 2]), Message::Binary(vec![1, 2]));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Message {
    /// A text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
    /// Asks the peer for a [`Pong`](Message::Pong) with the same bytes, at most 125 of them.
    ///
    /// Those of the peer are answered by themselves. They are received only if the connection was
    /// made with [`Config::control_messages`](super::Config::control_messages).
    Ping(Vec<u8>),
    /// The answer to a [`Ping`](Message::Ping), or a sign of life that nobody has asked for. It is
    /// received under the same condition.
    Pong(Vec<u8>),
}

impl Message {
    /// The text, if it is one.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::websocket::Message;
    ///
    /// assert_eq!(Message::from("hello").text(), Some("hello"));
    /// assert_eq!(Message::from([1]).text(), None);
    /// ```
    pub fn text(&self) -> Option<&str> {
        match self {
            Message::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The bytes, whatever they mean.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::websocket::Message;
    ///
    /// assert_eq!(Message::from("hello").bytes(), b"hello");
    /// ```
    pub fn bytes(&self) -> &[u8] {
        match self {
            Message::Text(text) => text.as_bytes(),
            Message::Binary(bytes) | Message::Ping(bytes) | Message::Pong(bytes) => bytes,
        }
    }

    /// Whether it is a ping or a pong.
    ///
    /// # Switching
    ///
    /// Never switches.
    ///
    /// # Examples
    ///
    /// ```
    /// use eventlet::websocket::Message;
    ///
    /// assert!(Message::Ping(Vec::new()).is_control());
    /// ```
    pub fn is_control(&self) -> bool {
        matches!(self, Message::Ping(_) | Message::Pong(_))
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Message::Text(text.to_owned())
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Message::Text(text)
    }
}

impl From<Vec<u8>> for Message {
    fn from(bytes: Vec<u8>) -> Self {
        Message::Binary(bytes)
    }
}

impl From<&[u8]> for Message {
    fn from(bytes: &[u8]) -> Self {
        Message::Binary(bytes.to_vec())
    }
}

impl<const N: usize> From<[u8; N]> for Message {
    fn from(bytes: [u8; N]) -> Self {
        Message::Binary(bytes.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Message {
    fn from(bytes: &[u8; N]) -> Self {
        Message::Binary(bytes.to_vec())
    }
}
