//! A client of a backdoor, and its answers taken apart.

use std::io::{self, Read, Write};
use std::mem;

use eventlet::backdoor::{Address, Backdoor, Running};
use eventlet::green::os::unix::net::UnixStream;
use eventlet::{Builder, Event, GreenThread, connect};

/// What a console shows when it waits for a command.
pub const PROMPT: &str = "eventlet> ";

/// A door at a free port, of which the caller is the place.
#[track_caller]
pub fn open() -> Running {
    Backdoor::new().listen("127.0.0.1:0").unwrap()
}

/// A green thread that waits until it is killed, of which the caller is the place.
#[track_caller]
pub fn sleeper(name: &str) -> GreenThread<()> {
    Builder::new().name(name).spawn(|| drop(Event::<()>::new().wait())).unwrap()
}

/// A connection that is green.
pub trait Connection: Read + Write {}

impl<S: Read + Write> Connection for S {}

/// A client that types a line at a time.
pub struct Client {
    stream: Box<dyn Connection>,
    /// What has come and nobody has asked for.
    unread: Vec<u8>,
}

impl Client {
    /// Comes in through an open door.
    pub fn of(door: &Running) -> Self {
        match door.address() {
            Address::Tcp(address) => Self::on(connect(address).unwrap()),
            Address::Unix(path) => Self::on(UnixStream::connect(path).unwrap()),
        }
    }

    /// On a connection to a console.
    pub fn on(stream: impl Connection + 'static) -> Self {
        let mut client = Client { stream: Box::new(stream), unread: Vec::new() };
        let greeting = client.read_to_prompt();
        assert!(
            greeting.starts_with("eventlet ") && greeting.ends_with("try `help`\n"),
            "{greeting}"
        );
        client
    }

    /// Sends bytes.
    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Sends a line, and returns the answer without its remarks: whether a hub of another test
    /// is busy just then is chance.
    pub fn ask(&mut self, line: &str) -> String {
        let whole = self.ask_for_all(line);
        whole.split_inclusive('\n').filter(|line| !is_remark(line)).collect()
    }

    /// Sends a line, and returns the table that answers it.
    pub fn table(&mut self, line: &str) -> Table {
        Table::of(&self.ask_for_all(line))
    }

    fn ask_for_all(&mut self, line: &str) -> String {
        self.send(format!("{line}\n").as_bytes());
        self.read_to_prompt()
    }

    /// What comes before the next prompt.
    pub fn read_to_prompt(&mut self) -> String {
        loop {
            let mut windows = self.unread.windows(PROMPT.len());
            if let Some(end) = windows.position(|window| window == PROMPT.as_bytes()) {
                let rest = self.unread.split_off(end + PROMPT.len());
                let mut text = mem::replace(&mut self.unread, rest);
                text.truncate(end);
                return String::from_utf8(text).unwrap();
            }
            let mut chunk = [0; 4096];
            let length = self.stream.read(&mut chunk).unwrap();
            assert!(length > 0, "it ended: {}", String::from_utf8_lossy(&self.unread));
            self.unread.extend_from_slice(&chunk[..length]);
        }
    }

    /// Everything that comes until the console closes the connection.
    pub fn read_to_end(&mut self) -> io::Result<String> {
        let mut bytes = mem::take(&mut self.unread);
        self.stream.read_to_end(&mut bytes)?;
        Ok(String::from_utf8(bytes).unwrap())
    }
}

/// Whether a line says what is missing from an answer.
fn is_remark(line: &str) -> bool {
    line.starts_with('#')
}

/// An answer that is a table.
#[derive(Debug)]
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
    /// The lines that say what is missing.
    pub remarks: Vec<String>,
}

impl Table {
    /// Takes an answer apart: columns are separated by two spaces or more.
    pub fn of(answer: &str) -> Self {
        let (remarks, lines): (Vec<_>, Vec<_>) = answer.lines().partition(|line| is_remark(line));
        let cells = |line: &&str| -> Vec<String> {
            let cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
            cells.map(str::to_owned).collect()
        };
        let mut rows = lines.iter().map(cells);
        let head = rows.next().expect("a table has a head");
        let rows: Vec<_> = rows.collect();
        assert!(rows.iter().all(|row| row.len() == head.len()), "{answer}");
        Table { head, rows, remarks: remarks.into_iter().map(str::to_owned).collect() }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether it names its columns, in capitals.
    pub fn has_head(&self) -> bool {
        self.head.len() > 1 && self.head.iter().all(|name| *name == name.to_uppercase())
    }

    fn column(&self, name: &str) -> usize {
        let index = self.head.iter().position(|head| head == name);
        index.unwrap_or_else(|| panic!("there is no column {name}: {:?}", self.head))
    }

    /// The cells of a column.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let column = self.column(name);
        self.rows.iter().map(|row| &*row[column]).collect()
    }

    /// The cell in the row that has `value` in the column `key`.
    #[track_caller]
    pub fn get(&self, key: &str, value: impl ToString, name: &str) -> &str {
        let (key, value) = (self.column(key), value.to_string());
        let row = self.rows.iter().find(|row| row[key] == value);
        &row.unwrap_or_else(|| panic!("no {value}: {self:#?}"))[self.column(name)]
    }
}
