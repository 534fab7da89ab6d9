//! A key-value store that speaks a line protocol, after Redis' RESP: a client with a pool of
//! connections, and a small server.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::{
    error, fmt,
    io::{self, ErrorKind, prelude::*},
    time::{self, Duration},
};

pub use self::client::{Client, Config};
pub use self::server::Server;

/// Connections that clients of this process have opened so far.
pub static OPENED: AtomicU64 = AtomicU64::new(0);

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What may go wrong when a command is sent.
#[derive(Debug)]
pub enum Error {
    Io(io::Error),
    /// The server has said something that is no answer.
    Protocol(String),
    /// The server has refused the command.
    Refused(String),
    /// All connections have been in use for as long as the client would wait.
    Busy(Duration),
}

impl Error {
    /// Whether a connection that was idle may have been closed by the server meanwhile.
    fn is_stale(&self) -> bool {
        use ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
        let stale = [BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof];
        matches!(self, Error::Io(e) if stale.contains(&e.kind()))
    }

    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Io(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut))
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Error::Io(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(e) => e.fmt(f),
            Error::Protocol(what) => write!(f, "the server speaks another language: {what}"),
            Error::Refused(why) => f.write_str(why),
            Error::Busy(waited) => write!(f, "no connection was free for {waited:?}"),
        }
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Error::Io(error) => Some(error),
            _ => None,
        }
    }
}

/// The error of one who does not keep to the protocol.
macro_rules! invalid {
    ($($message:tt)+) => {
        std::io::Error::new(std::io::ErrorKind::InvalidData, std::format!($($message)+))
    };
}

/// Returns from a function with that error.
macro_rules! nonsense {
    ($($message:tt)+) => {
        return std::result::Result::Err(invalid!($($message)+))
    };
}

/// Locks a mutex whose data is sound at any time.
macro_rules! locked {
    ($mutex:expr) => {
        std::sync::Mutex::lock(&$mutex).unwrap_or_else(std::sync::PoisonError::into_inner)
    };
}

/// Values and commands on the wire.
mod wire {
    use super::*;
    use std::cell::RefCell;

    /// Longer strings are refused.
    const LONGEST: usize = 1 << 20;

    std::thread_local! {
        /// What is to be sent is put together here, so that it goes out in one piece.
        static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }

    #[derive(Clone, Debug, PartialEq)]
    pub enum Value {
        Simple(String),
        Error(String),
        Integer(i64),
        Bulk(Vec<u8>),
        Null,
        Array(Vec<Value>),
    }

    impl Value {
        pub fn bulk(bytes: impl Into<Vec<u8>>) -> Self {
            Value::Bulk(bytes.into())
        }

        /// Reads one value; nothing if the stream ends before it.
        pub fn read(reader: &mut impl BufRead) -> io::Result<Option<Self>> {
            let Some(line) = read_line(reader)? else { return Ok(None) };
            let (kind, rest) = line.split_at_checked(1).unwrap_or_default();
            let value = match kind {
                "+" => Value::Simple(rest.to_owned()),
                "-" => Value::Error(rest.to_owned()),
                ":" => Value::Integer(number(rest)?),
                "$" => match number(rest)? {
                    -1 => Value::Null,
                    len => read_bulk(reader, len)?,
                },
                "*" => {
                    let whole = |value: Option<Self>| value.ok_or(ErrorKind::UnexpectedEof.into());
                    let values = (0..number(rest)?).map(|_| Self::read(reader).and_then(whole));
                    Value::Array(values.collect::<io::Result<_>>()?)
                }
                _ => nonsense!("a line begins with {kind:?}"),
            };
            Ok(Some(value))
        }

        /// Sends the value with one write.
        pub fn write(&self, writer: &mut impl Write) -> io::Result<()> {
            let mut bytes = SCRATCH.take();
            bytes.clear();
            self.encode(&mut bytes)?;
            let written = writer.write_all(&bytes).and_then(|()| writer.flush());
            SCRATCH.set(bytes);
            written
        }

        fn encode(&self, out: &mut Vec<u8>) -> io::Result<()> {
            match self {
                Value::Simple(text) => write!(out, "+{text}\r\n"),
                Value::Error(text) => write!(out, "-{text}\r\n"),
                Value::Integer(n) => write!(out, ":{n}\r\n"),
                Value::Null => out.write_all(b"$-1\r\n"),
                Value::Bulk(bytes) => {
                    write!(out, "${}\r\n", bytes.len())?;
                    out.write_all(bytes)?;
                    out.write_all(b"\r\n")
                }
                Value::Array(values) => {
                    write!(out, "*{}\r\n", values.len())?;
                    values.iter().try_for_each(|value| value.encode(out))
                }
            }
        }
    }

    fn read_line(reader: &mut impl BufRead) -> io::Result<Option<String>> {
        let mut line = String::new();
        if reader.take(LONGEST as u64).read_line(&mut line)? == 0 {
            return Ok(None);
        }
        match line.strip_suffix("\r\n") {
            Some(line) => Ok(Some(line.to_owned())),
            None => nonsense!("a line has no end: {line:?}"),
        }
    }

    fn read_bulk(reader: &mut impl Read, len: i64) -> io::Result<Value> {
        let len = usize::try_from(len).ok().filter(|&len| len <= LONGEST);
        let Some(len) = len else { nonsense!("a string of impossible length") };
        let mut bytes = vec![0; len + 2];
        reader.read_exact(&mut bytes)?;
        if bytes.split_off(len) != b"\r\n" {
            nonsense!("a string that does not end where it should")
        }
        Ok(Value::Bulk(bytes))
    }

    fn number(text: &str) -> io::Result<i64> {
        text.parse().map_err(|e| invalid!("{text:?} is no number: {e}"))
    }
}

/// The client.
mod client {
    use std::collections::VecDeque;
    use std::io::BufReader;
    use std::net::{self, SocketAddr, ToSocketAddrs};
    use std::ops::{Deref, DerefMut};
    use std::sync::{Arc, Condvar, Mutex};
    use std::thread::sleep;

    use super::time::Instant;
    use super::wire::Value;
    use super::*;

    /// How a client connects.
    #[derive(Clone, Debug)]
    pub struct Config {
        pub max_connections: usize,
        pub connect_timeout: Duration,
        pub io_timeout: Option<Duration>,
        /// How long to wait for a connection that is free.
        pub patience: Duration,
        /// How often to try to connect.
        pub attempts: u32,
    }

    impl Default for Config {
        fn default() -> Self {
            Config {
                max_connections: 8,
                connect_timeout: Duration::from_secs(5),
                io_timeout: Some(Duration::from_secs(5)),
                patience: Duration::from_secs(10),
                attempts: 3,
            }
        }
    }

    struct Connection {
        stream: BufReader<net::TcpStream>,
        /// Whether it is known to be of no use any more.
        is_broken: bool,
    }

    impl Connection {
        fn open(addresses: &[SocketAddr], config: &Config) -> io::Result<Self> {
            let mut last = io::Error::new(ErrorKind::InvalidInput, "no address to connect to");
            for attempt in 0..config.attempts {
                if attempt > 0 {
                    sleep(Duration::from_millis(10) * 2_u32.pow(attempt));
                }
                for address in addresses {
                    match net::TcpStream::connect_timeout(address, config.connect_timeout) {
                        Ok(stream) => return Self::prepare(stream, config),
                        Err(error) => last = error,
                    }
                }
            }
            Err(last)
        }

        fn prepare(stream: net::TcpStream, config: &Config) -> io::Result<Self> {
            stream.set_nodelay(true)?;
            stream.set_read_timeout(config.io_timeout)?;
            stream.set_write_timeout(config.io_timeout)?;
            OPENED.fetch_add(1, Ordering::Relaxed);
            Ok(Connection { stream: BufReader::new(stream), is_broken: false })
        }

        fn call(&mut self, command: &Value) -> Result<Value> {
            // Until the answer is there, nobody else may read from this connection.
            self.is_broken = true;
            command.write(self.stream.get_mut())?;
            let answer = match Value::read(&mut self.stream) {
                Ok(answer) => answer.ok_or(Error::Io(ErrorKind::UnexpectedEof.into()))?,
                Err(e) if e.kind() == ErrorKind::InvalidData => {
                    return Err(Error::Protocol(e.to_string()));
                }
                Err(e) => return Err(e.into()),
            };
            self.is_broken = false;
            match answer {
                Value::Error(why) => Err(Error::Refused(why)),
                answer => Ok(answer),
            }
        }
    }

    #[derive(Default)]
    struct Idle {
        connections: VecDeque<Connection>,
        /// How many there are, in use or not.
        n_open: usize,
    }

    struct Pool {
        addresses: Vec<SocketAddr>,
        config: Config,
        idle: Mutex<Idle>,
        returned: Condvar,
    }

    /// A connection that goes back when it is dropped.
    struct Lease<'pool> {
        pool: &'pool Pool,
        connection: Option<Connection>,
        is_fresh: bool,
    }

    impl Pool {
        fn take(&self) -> Result<Lease<'_>> {
            let deadline = Instant::now() + self.config.patience;
            let mut idle = locked!(self.idle);
            loop {
                if let Some(connection) = idle.connections.pop_back() {
                    return Ok(Lease { pool: self, connection: Some(connection), is_fresh: false });
                }
                if idle.n_open < self.config.max_connections {
                    idle.n_open += 1;
                    drop(idle);
                    return self.open();
                }
                let left = deadline.saturating_duration_since(Instant::now());
                if left.is_zero() {
                    return Err(Error::Busy(self.config.patience));
                }
                idle = match self.returned.wait_timeout(idle, left) {
                    Ok((idle, _)) => idle,
                    Err(poisoned) => poisoned.into_inner().0,
                };
            }
        }

        /// Opens a connection that has been counted already.
        fn open(&self) -> Result<Lease<'_>> {
            let mut lease = Lease { pool: self, connection: None, is_fresh: true };
            lease.connection = Some(Connection::open(&self.addresses, &self.config)?);
            Ok(lease)
        }
    }

    impl Deref for Lease<'_> {
        type Target = Connection;

        fn deref(&self) -> &Connection {
            self.connection.as_ref().expect("a lease has a connection")
        }
    }

    impl DerefMut for Lease<'_> {
        fn deref_mut(&mut self) -> &mut Connection {
            self.connection.as_mut().expect("a lease has a connection")
        }
    }

    impl Drop for Lease<'_> {
        fn drop(&mut self) {
            let mut idle = locked!(self.pool.idle);
            match self.connection.take() {
                Some(connection) if !connection.is_broken => idle.connections.push_back(connection),
                _ => idle.n_open -= 1,
            }
            self.pool.returned.notify_one();
        }
    }

    /// A client; clones share its connections.
    #[derive(Clone)]
    pub struct Client(Arc<Pool>);

    impl Client {
        pub fn new<A: ToSocketAddrs>(address: A, config: Config) -> io::Result<Client> {
            let addresses = address.to_socket_addrs()?.collect();
            let pool = Pool { addresses, config, idle: Mutex::default(), returned: Condvar::new() };
            Ok(Client(Arc::new(pool)))
        }

        pub fn get(&self, key: &str) -> Result<Option<Vec<u8>>> {
            match self.command(["GET", key])? {
                Value::Bulk(bytes) => Ok(Some(bytes)),
                Value::Null => Ok(None),
                other => Err(unexpected(&other)),
            }
        }

        pub fn set(&self, key: &str, value: impl AsRef<[u8]>) -> Result<()> {
            let parts = [b"SET", key.as_bytes(), value.as_ref()];
            match self.command(parts)? {
                Value::Simple(ok) if ok == "OK" => Ok(()),
                other => Err(unexpected(&other)),
            }
        }

        pub fn increment(&self, key: &str) -> Result<i64> {
            match self.command(["INCR", key])? {
                Value::Integer(n) => Ok(n),
                other => Err(unexpected(&other)),
            }
        }

        pub fn get_many<'a>(
            &self,
            keys: impl IntoIterator<Item = &'a str>,
        ) -> Result<Vec<Option<Vec<u8>>>> {
            match self.command(std::iter::once("MGET").chain(keys))? {
                Value::Array(values) => values
                    .into_iter()
                    .map(|value| match value {
                        Value::Bulk(bytes) => Ok(Some(bytes)),
                        Value::Null => Ok(None),
                        other => Err(unexpected(&other)),
                    })
                    .collect(),
                other => Err(unexpected(&other)),
            }
        }

        /// Makes the server wait before it answers.
        pub fn pause(&self, time: Duration) -> Result<()> {
            self.command(["PAUSE", &time.as_millis().to_string()]).map(drop)
        }

        /// Makes the server close the connection after its answer.
        pub fn quit(&self) -> Result<()> {
            self.command(["QUIT"]).map(drop)
        }

        /// How many connections are open.
        pub fn n_open(&self) -> usize {
            locked!(self.0.idle).n_open
        }

        /// Sends a command. If the server has closed the connection while it was idle, the command
        /// is sent once more with a new one.
        fn command<'a, P>(&self, parts: impl IntoIterator<Item = &'a P>) -> Result<Value>
        where
            P: AsRef<[u8]> + ?Sized + 'a,
        {
            let parts = parts.into_iter().map(|part| Value::bulk(part.as_ref()));
            let command = Value::Array(parts.collect());
            loop {
                let mut lease = self.0.take()?;
                match lease.call(&command) {
                    Err(error) if error.is_stale() && !lease.is_fresh => continue,
                    result => return result,
                }
            }
        }
    }

    fn unexpected(value: &Value) -> Error {
        Error::Protocol(format!("unexpected answer: {value:?}"))
    }
}

/// The server: a thread for each connection.
mod server {
    use super::wire::Value;
    use super::*;
    use std::collections::{BTreeMap, HashMap};
    use std::io::BufReader;
    use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
    use std::sync::{Arc, Mutex, RwLock};
    use std::thread;

    #[derive(Default)]
    struct Shared {
        values: RwLock<BTreeMap<Vec<u8>, Vec<u8>>>,
        /// The connections that are open, to end them when the server stops.
        connections: Mutex<HashMap<usize, TcpStream>>,
        stops: AtomicBool,
    }

    /// A server that runs until it is dropped.
    pub struct Server {
        address: SocketAddr,
        shared: Arc<Shared>,
        acceptor: Option<thread::JoinHandle<()>>,
    }

    impl Server {
        pub fn start(address: &str) -> io::Result<Self> {
            let listener = TcpListener::bind(address)?;
            let address = listener.local_addr()?;
            let shared = Arc::new(Shared::default());
            let acceptor = thread::Builder::new().name(format!("accept {address}")).spawn({
                let shared = Arc::clone(&shared);
                move || accept(&listener, &shared)
            })?;
            Ok(Server { address, shared, acceptor: Some(acceptor) })
        }

        pub fn address(&self) -> SocketAddr {
            self.address
        }
    }

    impl Drop for Server {
        fn drop(&mut self) {
            self.shared.stops.store(true, Ordering::SeqCst);
            // The acceptor looks whether it shall stop when somebody comes.
            let _ = TcpStream::connect(self.address);
            if let Some(acceptor) = self.acceptor.take() {
                let _ = acceptor.join();
            }
        }
    }

    fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let mut handlers = Vec::new();
        for stream in listener.incoming() {
            if shared.stops.load(Ordering::SeqCst) {
                break;
            }
            let Ok(stream) = stream else { continue };
            let id = NEXT.fetch_add(1, Ordering::Relaxed);
            let shared = Arc::clone(shared);
            handlers.push(thread::spawn(move || {
                let clone = stream.try_clone().expect("a second handle");
                locked!(shared.connections).insert(id, clone);
                // An error is the client's affair: it is gone, or will be.
                let _ = serve(stream, &shared);
                locked!(shared.connections).remove(&id);
            }));
            handlers.retain(|handler| !handler.is_finished());
        }
        for stream in locked!(shared.connections).values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        handlers.into_iter().for_each(|handler| drop(handler.join()));
    }

    fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut stream = BufReader::new(stream);
        while let Some(command) = Value::read(&mut stream)? {
            let words = match &command {
                Value::Array(values) => values.iter().filter_map(|value| match value {
                    Value::Bulk(bytes) => Some(&bytes[..]),
                    _ => None,
                }),
                _ => nonsense!("no command: {command:?}"),
            };
            let words: Vec<&[u8]> = words.collect();
            let answer = answer(&words, shared).unwrap_or_else(|why| Value::Error(why.to_string()));
            answer.write(stream.get_mut())?;
            if words == [b"QUIT"] {
                break;
            }
        }
        Ok(())
    }

    fn answer(words: &[&[u8]], shared: &Shared) -> Result<Value, Box<dyn error::Error>> {
        let get = |key: &&[u8]| {
            let values = shared.values.read().unwrap();
            values.get(*key).cloned().map_or(Value::Null, Value::Bulk)
        };
        Ok(match words {
            [b"GET", key] => get(key),
            [b"MGET", keys @ ..] => Value::Array(keys.iter().map(get).collect()),
            [b"SET", key, value] => {
                shared.values.write().unwrap().insert(key.to_vec(), value.to_vec());
                Value::Simple("OK".into())
            }
            [b"INCR", key] => {
                let mut values = shared.values.write().unwrap();
                let value = values.entry(key.to_vec()).or_insert_with(|| b"0".to_vec());
                let n = std::str::from_utf8(value)?.parse::<i64>()?;
                let n = n.checked_add(1).ok_or("the number is too large")?;
                *value = n.to_string().into_bytes();
                Value::Integer(n)
            }
            [b"PAUSE", millis] => {
                let millis = std::str::from_utf8(millis)?.parse()?;
                thread::sleep(Duration::from_millis(millis));
                Value::Simple("OK".into())
            }
            [b"QUIT"] => Value::Simple("OK".into()),
            _ => return Err("unknown command".into()),
        })
    }
}
