//! A small HTTP/1.1 server: a thread for each connection, keep-alive, bodies with a length or in
//! chunks, time limits, a log, and an orderly stop.

use std::collections::BTreeMap;
use std::io::{self, BufReader, BufWriter, prelude::*};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{
    Arc, Condvar, Mutex,
    mpsc::{self, Receiver, Sender},
};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use self::request::ReadError;
pub use self::request::Request;
pub use self::response::{Body, Response};

/// What the server allows.
#[derive(Clone, Debug)]
pub struct Config {
    /// For the next bytes of a request, and for the next request.
    pub read_timeout: Duration,
    pub write_timeout: Duration,
    pub max_body: usize,
    pub max_requests_per_connection: usize,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            read_timeout: Duration::from_secs(10),
            write_timeout: Duration::from_secs(10),
            max_body: 1 << 20,
            max_requests_per_connection: usize::MAX,
        }
    }
}

/// What is told of each request that was answered.
#[derive(Clone, Debug)]
pub struct Entry {
    pub peer: SocketAddr,
    pub request: String,
    pub status: u16,
    pub took: Duration,
}

/// What became of all requests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Metrics {
    pub n_requests: usize,
    pub by_status: BTreeMap<u16, usize>,
    pub slowest: Duration,
}

/// Requests and their parts.
mod request {
    use super::*;
    use std::{collections::HashMap, fmt, io::ErrorKind};

    /// The longest line, and the most header fields.
    const MAX_LINE: u64 = 8 << 10;
    const MAX_FIELDS: usize = 100;

    #[derive(Debug, Default)]
    pub struct Request {
        pub method: String,
        pub path: String,
        pub query: Option<String>,
        pub body: Vec<u8>,
        minor_version: u8,
        /// By their names in small letters.
        fields: HashMap<String, String>,
    }

    /// Why there is no request.
    #[derive(Debug)]
    pub enum ReadError {
        /// It is the client's fault, and it can be told so.
        Refused(u16, &'static str),
        Io(io::Error),
    }

    impl From<io::Error> for ReadError {
        fn from(error: io::Error) -> Self {
            match error.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => Self::Refused(408, "too slow"),
                ErrorKind::InvalidData => Self::Refused(400, "not in UTF-8"),
                _ => Self::Io(error),
            }
        }
    }

    impl fmt::Display for Request {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{} {}", self.method, self.path)
        }
    }

    impl Request {
        /// Reads a request. Nothing if the client goes, or says nothing, before it begins.
        pub fn read<S: Read + Write>(
            stream: &mut BufReader<S>,
            config: &Config,
        ) -> Result<Option<Self>, ReadError> {
            match stream.fill_buf() {
                Ok([]) => return Ok(None),
                Ok(_) => {}
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    return Ok(None);
                }
                Err(e) => return Err(ReadError::Io(e)),
            }
            let mut request = Self::parse_line(&read_line(stream)?)?;
            request.read_fields(stream)?;
            if request
                .field("expect")
                .is_some_and(|value| value.eq_ignore_ascii_case("100-continue"))
            {
                stream.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
            }
            request.body = request.read_body(stream, config.max_body)?;
            Ok(Some(request))
        }

        pub fn field(&self, name: &str) -> Option<&str> {
            self.fields.get(&name.to_ascii_lowercase()).map(String::as_str)
        }

        /// Whether the client wants to send another request.
        pub fn keeps_alive(&self) -> bool {
            let says = |word| self.field("connection").is_some_and(|value| value.contains(word));
            if self.minor_version == 0 { says("keep-alive") } else { !says("close") }
        }

        pub fn allows_chunks(&self) -> bool {
            self.minor_version > 0
        }

        fn parse_line(line: &str) -> Result<Self, ReadError> {
            let mut words = line.split(' ');
            let (Some(method), Some(target), Some(version), None) =
                (words.next(), words.next(), words.next(), words.next())
            else {
                return Err(ReadError::Refused(400, "no request line"));
            };
            let minor_version = match version {
                "HTTP/1.0" => 0,
                "HTTP/1.1" => 1,
                _ => return Err(ReadError::Refused(505, "another version")),
            };
            let (path, query) = match target.split_once('?') {
                Some((path, query)) => (path, Some(query.to_owned())),
                None => (target, None),
            };
            let (method, path) = (method.to_owned(), path.to_owned());
            Ok(Request { method, path, query, minor_version, ..Request::default() })
        }

        fn read_fields(&mut self, stream: &mut impl BufRead) -> Result<(), ReadError> {
            loop {
                let line = read_line(stream)?;
                if line.is_empty() {
                    return Ok(());
                }
                let Some((name, value)) = line.split_once(':') else {
                    return Err(ReadError::Refused(400, "no header field"));
                };
                if self.fields.len() == MAX_FIELDS {
                    return Err(ReadError::Refused(431, "too many header fields"));
                }
                self.fields.insert(name.to_ascii_lowercase(), value.trim().to_owned());
            }
        }

        fn read_body(&self, stream: &mut impl BufRead, max: usize) -> Result<Vec<u8>, ReadError> {
            match (self.field("transfer-encoding"), self.field("content-length")) {
                (Some("chunked"), None) => read_chunks(stream, max),
                (Some(_), None) => Err(ReadError::Refused(501, "an unknown transfer encoding")),
                (Some(_), Some(_)) => Err(ReadError::Refused(400, "two lengths")),
                (None, None) => Ok(Vec::new()),
                (None, Some(len)) => match len.parse::<usize>() {
                    Ok(len) if len > max => Err(ReadError::Refused(413, "too much")),
                    Ok(len) => Ok(read_exact(stream, len)?),
                    Err(_) => Err(ReadError::Refused(400, "no length")),
                },
            }
        }
    }

    fn read_line(stream: &mut impl BufRead) -> Result<String, ReadError> {
        let mut line = String::new();
        stream.by_ref().take(MAX_LINE).read_line(&mut line)?;
        match line.strip_suffix('\n') {
            Some(line) => Ok(line.strip_suffix('\r').unwrap_or(line).to_owned()),
            None if line.len() as u64 == MAX_LINE => Err(ReadError::Refused(431, "a long line")),
            None => Err(ReadError::Io(ErrorKind::UnexpectedEof.into())),
        }
    }

    fn read_exact(stream: &mut impl Read, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; len];
        stream.read_exact(&mut bytes).map(|()| bytes)
    }

    fn read_chunks(stream: &mut impl BufRead, max: usize) -> Result<Vec<u8>, ReadError> {
        let mut body = Vec::new();
        loop {
            let line = read_line(stream)?;
            let size = line.split(';').next().unwrap_or_default().trim();
            let Ok(size) = usize::from_str_radix(size, 16) else {
                return Err(ReadError::Refused(400, "a chunk without a size"));
            };
            if size > max - body.len() {
                return Err(ReadError::Refused(413, "too much"));
            }
            if size == 0 {
                // Trailers are read and forgotten.
                return Request::default().read_fields(stream).map(|()| body);
            }
            body.append(&mut read_exact(stream, size)?);
            if !read_line(stream)?.is_empty() {
                return Err(ReadError::Refused(400, "a chunk that is too long"));
            }
        }
    }
}

/// Answers.
mod response {
    use super::io::{self, Write};
    use std::borrow::Cow;

    /// What follows the header.
    pub enum Body {
        Whole(Vec<u8>),
        /// Sent piece by piece, as they come.
        Pieces(Box<dyn Iterator<Item = Vec<u8>> + Send>),
    }

    pub struct Response {
        pub status: u16,
        pub body: Body,
        fields: Vec<(Cow<'static, str>, String)>,
    }

    impl Response {
        pub fn new(status: u16) -> Self {
            Response { status, body: Body::Whole(Vec::new()), fields: Vec::new() }
        }

        pub fn text(text: impl Into<String>) -> Self {
            let text: String = text.into();
            Self::new(200).with("Content-Type", "text/plain").body(Body::Whole(text.into_bytes()))
        }

        pub fn with(mut self, name: impl Into<Cow<'static, str>>, value: impl ToString) -> Self {
            self.fields.push((name.into(), value.to_string()));
            self
        }

        pub fn body(self, body: Body) -> Self {
            Response { body, ..self }
        }

        /// Sends the answer. A client that knows no chunks gets all there is, and then the end.
        pub fn write(
            self,
            out: &mut impl Write,
            keeps_alive: bool,
            in_chunks: bool,
        ) -> io::Result<()> {
            write!(out, "HTTP/1.1 {} {}\r\n", self.status, reason(self.status))?;
            for (name, value) in &self.fields {
                write!(out, "{name}: {value}\r\n")?;
            }
            if !keeps_alive {
                out.write_all(b"Connection: close\r\n")?;
            }
            match self.body {
                Body::Whole(bytes) => {
                    write!(out, "Content-Length: {}\r\n\r\n", bytes.len())?;
                    out.write_all(&bytes)?;
                }
                Body::Pieces(pieces) if in_chunks => {
                    out.write_all(b"Transfer-Encoding: chunked\r\n\r\n")?;
                    for piece in pieces.filter(|piece| !piece.is_empty()) {
                        write!(out, "{:x}\r\n", piece.len())?;
                        out.write_all(&[&piece[..], b"\r\n"].concat())?;
                        out.flush()?;
                    }
                    out.write_all(b"0\r\n\r\n")?;
                }
                Body::Pieces(mut pieces) => {
                    out.write_all(b"\r\n")?;
                    pieces.try_for_each(|piece| out.write_all(&piece))?;
                }
            }
            out.flush()
        }
    }

    fn reason(status: u16) -> &'static str {
        match status {
            200 => "OK",
            400 => "Bad Request",
            404 => "Not Found",
            408 => "Request Timeout",
            413 => "Content Too Large",
            431 => "Request Header Fields Too Large",
            500 => "Internal Server Error",
            501 => "Not Implemented",
            505 => "HTTP Version Not Supported",
            _ => "Unknown",
        }
    }
}

type Handler = dyn Fn(&Request) -> Response + Send + Sync;

/// The connections that are open.
#[derive(Default)]
struct Open {
    connections: BTreeMap<u64, TcpStream>,
    n_accepted: u64,
    /// Nobody is to be let in, and nobody is to be kept.
    stops: bool,
}

struct Shared {
    handler: Box<Handler>,
    config: Config,
    open: Mutex<Open>,
    closed: Condvar,
}

/// A server that has been started. It must be stopped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: JoinHandle<()>,
    log: JoinHandle<Metrics>,
}

impl Server {
    /// Starts to serve. Each answer is told to `log`, on a thread that does nothing else.
    pub fn start(
        listener: TcpListener,
        config: Config,
        handler: impl Fn(&Request) -> Response + Send + Sync + 'static,
        log: impl FnMut(&Entry) + Send + 'static,
    ) -> io::Result<Server> {
        let address = listener.local_addr()?;
        let (open, closed) = Default::default();
        let shared = Arc::new(Shared { handler: Box::new(handler), config, open, closed });
        let (entries, log_entries) = mpsc::channel();
        let log = thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || keep_log(&log_entries, log))?;
        let acceptor = thread::Builder::new().name("accept".to_owned()).spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared, &entries)
        })?;
        Ok(Server { address, shared, acceptor, log })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections are open.
    pub fn n_connections(&self) -> usize {
        self.shared.open.lock().unwrap().connections.len()
    }

    /// Lets nobody in any more and ends connections after the request they are at; those that take
    /// longer than `patience` are cut off.
    pub fn stop(self, patience: Duration) -> Metrics {
        let mut open = self.shared.open.lock().unwrap();
        open.stops = true;
        for stream in open.connections.values() {
            let _ = stream.shutdown(Shutdown::Read);
        }
        drop(open);
        // The acceptor looks whether it shall stop when somebody comes.
        let _ = TcpStream::connect(self.address);
        self.acceptor.join().expect("the acceptor does not panic");

        let open = self.shared.open.lock().unwrap();
        let waits = |open: &mut Open| !open.connections.is_empty();
        let (mut open, result) =
            self.shared.closed.wait_timeout_while(open, patience, waits).unwrap();
        if result.timed_out() {
            for stream in open.connections.values() {
                let _ = stream.shutdown(Shutdown::Both);
            }
            open = self.shared.closed.wait_while(open, waits).unwrap();
        }
        drop(open);
        self.log.join().expect("the log does not panic")
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>, entries: &Sender<Entry>) {
    loop {
        let (stream, peer) = match listener.accept() {
            Ok(accepted) => accepted,
            // The client has gone already, or there are too many: others may have better luck.
            Err(_) => {
                thread::sleep(Duration::from_millis(5));
                continue;
            }
        };
        let mut open = shared.open.lock().unwrap();
        if open.stops {
            return;
        }
        let Ok(clone) = stream.try_clone() else { continue };
        open.n_accepted += 1;
        let id = open.n_accepted;
        open.connections.insert(id, clone);
        drop(open);

        let connection = Connection { id, shared: Arc::clone(shared) };
        let entries = entries.clone();
        // If there cannot be another thread, the connection is closed.
        let _ = thread::Builder::new().spawn(move || connection.serve(stream, peer, &entries));
    }
}

/// A connection's place among those that are open.
struct Connection {
    id: u64,
    shared: Arc<Shared>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.shared.open.lock().unwrap().connections.remove(&self.id);
        self.shared.closed.notify_all();
    }
}

impl Connection {
    fn serve(self, stream: TcpStream, peer: SocketAddr, entries: &Sender<Entry>) {
        // Whatever happens to a connection is its client's affair.
        let _ = self.answer_all(&stream, peer, entries);
        let _ = stream.shutdown(Shutdown::Write);
    }

    fn answer_all(
        &self,
        stream: &TcpStream,
        peer: SocketAddr,
        entries: &Sender<Entry>,
    ) -> io::Result<()> {
        let config = &self.shared.config;
        stream.set_read_timeout(Some(config.read_timeout))?;
        stream.set_write_timeout(Some(config.write_timeout))?;
        stream.set_nodelay(true)?;
        let (mut reader, mut writer) = (BufReader::new(stream), BufWriter::new(stream));
        for n in 1..=config.max_requests_per_connection {
            let request = Request::read(&mut reader, config);
            let start = Instant::now();
            let (name, response, keeps_alive, in_chunks) = match request {
                Ok(None) => break,
                Ok(Some(request)) => {
                    let is_last = n == config.max_requests_per_connection
                        || self.shared.open.lock().unwrap().stops;
                    let response = (self.shared.handler)(&request);
                    let in_chunks = request.allows_chunks();
                    let ends_body = in_chunks || matches!(response.body, Body::Whole(_));
                    let keeps_alive = request.keeps_alive() && ends_body && !is_last;
                    (request.to_string(), response, keeps_alive, in_chunks)
                }
                Err(ReadError::Refused(status, why)) => {
                    let body = Body::Whole(why.as_bytes().to_vec());
                    (format!("({why})"), Response::new(status).body(body), false, false)
                }
                Err(ReadError::Io(error)) => return Err(error),
            };
            let status = response.status;
            response.write(&mut writer, keeps_alive, in_chunks)?;
            let entry = Entry { peer, request: name, status, took: start.elapsed() };
            entries.send(entry).expect("the log ends after the connections");
            if !keeps_alive {
                break;
            }
        }
        Ok(())
    }
}

/// Counts requests and tells them, until no connection is left that could have another.
fn keep_log(entries: &Receiver<Entry>, mut log: impl FnMut(&Entry)) -> Metrics {
    let mut metrics = Metrics::default();
    for entry in entries {
        log(&entry);
        metrics.n_requests += 1;
        *metrics.by_status.entry(entry.status).or_insert(0) += 1;
        metrics.slowest = metrics.slowest.max(entry.took);
    }
    metrics
}
