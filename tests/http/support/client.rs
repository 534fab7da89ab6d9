//! A client that sees what a server really sends.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::time::Duration;

use eventlet::green::net::TcpStream;

/// How long an answer is waited for: far longer than one takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// One end of a connection, over which answers are read one by one.
pub struct Client<S = TcpStream> {
    stream: BufReader<S>,
}

/// What an answer begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Head {
    /// The whole line, without its end.
    pub status_line: String,
    /// Names as they were sent, in order.
    pub headers: Vec<(String, String)>,
}

/// An answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// What it begins with.
    pub head: Head,
    /// The body, put together if it came in chunks.
    pub body: Vec<u8>,
    /// Whether the body is as long as it was to be.
    pub is_whole: bool,
}

impl Client {
    /// Connects to a server.
    pub fn connect(server: SocketAddr) -> Self {
        let stream = TcpStream::connect(server).expect("the server listens");
        stream.set_nodelay(true).expect("a TCP socket");
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        stream.set_write_timeout(Some(PATIENCE)).expect("a limit");
        Self::over(stream)
    }

    /// The connection.
    pub fn stream(&self) -> &TcpStream {
        self.stream.get_ref()
    }
}

impl<S: Read + Write> Client<S> {
    /// A client over any connection.
    pub fn over(stream: S) -> Self {
        Client { stream: BufReader::new(stream) }
    }

    /// Sends bytes, which the server must take.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.get_mut().write_all(bytes.as_ref()).expect("the server takes it");
    }

    /// Sends bytes, unless the connection has ended.
    ///
    /// # Errors
    ///
    /// Fails if it has.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes.as_ref())
    }

    /// Sends a request, and reads its answer.
    pub fn ask(&mut self, request: impl AsRef<[u8]>) -> Reply {
        self.send(request);
        self.reply()
    }

    /// Sends a `GET` for a path, and reads the answer.
    pub fn get(&mut self, path: &str) -> Reply {
        self.ask(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
    }

    /// The next answer, which must come.
    pub fn reply(&mut self) -> Reply {
        self.next_reply().expect("the server has closed the connection")
    }

    /// The next answer, unless the connection ends first.
    pub fn next_reply(&mut self) -> Option<Reply> {
        let head = self.next_head()?;
        let (body, is_whole) = match head.header("content-length") {
            _ if head.has_no_body() => (Vec::new(), true),
            Some(length) => self.counted(length.parse().expect("a length")),
            None if head.header("transfer-encoding") == Some("chunked") => self.chunked(),
            None => (self.rest(), true),
        };
        Some(Reply { head, body, is_whole })
    }

    /// The head of the next answer, which must come.
    pub fn head(&mut self) -> Head {
        self.next_head().expect("the server has closed the connection")
    }

    /// The head of the next answer, unless the connection ends first.
    pub fn next_head(&mut self) -> Option<Head> {
        let status_line = self.line()?;
        let mut headers = Vec::new();
        loop {
            let line = self.line().expect("a head has an end");
            if line.is_empty() {
                return Some(Head { status_line, headers });
            }
            let (name, value) = line.split_once(": ").expect("a name and a value");
            headers.push((name.to_owned(), value.to_owned()));
        }
    }

    /// A line without its end, if there is one.
    pub fn line(&mut self) -> Option<String> {
        let mut line = Vec::new();
        // A reset ends the connection as well.
        let _ = self.stream.read_until(b'\n', &mut line);
        let line = line.strip_suffix(b"\r\n")?;
        Some(String::from_utf8_lossy(line).into_owned())
    }

    /// Exactly so many bytes.
    pub fn bytes(&mut self, n: usize) -> Vec<u8> {
        let (bytes, is_whole) = self.counted(n);
        assert!(is_whole, "{n} bytes were expected: {}", String::from_utf8_lossy(&bytes));
        bytes
    }

    /// All that comes until the connection ends.
    pub fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        let _ = self.stream.read_to_end(&mut rest);
        rest
    }

    /// The connection ends here, and is not reset.
    pub fn assert_ended(&mut self) {
        let rest = self.stream.fill_buf().expect("it ends in order");
        assert!(rest.is_empty(), "more comes: {}", String::from_utf8_lossy(rest));
    }

    fn counted(&mut self, n: usize) -> (Vec<u8>, bool) {
        let mut bytes = Vec::new();
        let _ = self.stream.by_ref().take(n as u64).read_to_end(&mut bytes);
        let is_whole = bytes.len() == n;
        (bytes, is_whole)
    }

    fn chunked(&mut self) -> (Vec<u8>, bool) {
        let mut body = Vec::new();
        loop {
            match self.next_chunk() {
                Some(chunk) if chunk.is_empty() => return (body, true),
                Some(chunk) => body.extend(chunk),
                None => return (body, false),
            }
        }
    }

    /// The next chunk of a body, empty at its end, unless the connection ends first.
    pub fn next_chunk(&mut self) -> Option<Vec<u8>> {
        let size = self.line()?;
        let size = usize::from_str_radix(&size, 16).expect("the size of a chunk");
        let (chunk, is_whole) = self.counted(size);
        let end = self.line().filter(|_| is_whole)?;
        assert_eq!(end, "", "a chunk ends by CRLF");
        Some(chunk)
    }
}

impl Head {
    /// The value of a header, which must not be there twice.
    pub fn header(&self, name: &str) -> Option<&str> {
        let is_it = |(other, _): &&(String, String)| other.eq_ignore_ascii_case(name);
        let mut found = self.headers.iter().filter(is_it).map(|(_, value)| value.as_str());
        let first = found.next();
        assert_eq!(found.next(), None, "{name} is there twice: {self:?}");
        first
    }

    /// The status.
    pub fn status(&self) -> u16 {
        let status = self.status_line.split(' ').nth(1).and_then(|status| status.parse().ok());
        status.unwrap_or_else(|| panic!("no status: {self:?}"))
    }

    fn has_no_body(&self) -> bool {
        matches!(self.status(), 100..200 | 204 | 304)
    }
}

impl Reply {
    /// The value of a header, which must not be there twice.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.header(name)
    }

    /// The status.
    pub fn status(&self) -> u16 {
        self.head.status()
    }

    /// The body as a text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a text")
    }
}
