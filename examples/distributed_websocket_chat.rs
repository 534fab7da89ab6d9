//! A chat with many servers: whoever is connected to one of them talks to those at all others. They
//! find each other by a channel of a Redis server.
//! Run: `cargo run --example distributed_websocket_chat [ADDRESS [REDIS]]`; 127.0.0.1:7000 and
//! 127.0.0.1:6379 if not told.
//! Poke: start several with addresses of their own, and open each in a browser.

use std::cell::RefCell;
use std::collections::HashMap;
use std::env;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::exit;
use std::rc::Rc;

use eventlet::green::net::TcpStream;
use eventlet::green::sync::Mutex;
use eventlet::http::{Request, Response, Server};
use eventlet::websocket::{Config, WebSocket};
use eventlet::{Queue, spawn_n};

const PAGE: &str = include_str!("pages/websocket_chat.html");
const CHANNEL: &str = "eventlet-chat";
/// Who lets so many lines pile up misses those that follow.
const MOST_LINES: usize = 1000;

/// What is still to be sent to whom, by a number that nobody on any server has twice.
type Outboxes = Rc<RefCell<HashMap<u64, Queue<String>>>>;

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:7000".to_owned());
    let redis = arguments.next().unwrap_or_else(|| "127.0.0.1:6379".to_owned());
    let outboxes = Outboxes::default();
    let publisher = Rc::new(Mutex::new(Redis::connect(&redis)?));
    let mut subscriber = Redis::connect(&redis)?;
    subscriber.ask(&["SUBSCRIBE", CHANNEL])?;
    let theirs = outboxes.clone();
    spawn_n(move || {
        let error = distribute(&mut subscriber, &theirs).unwrap_err();
        eprintln!("Redis has gone: {error}");
        exit(1);
    });

    let listener = eventlet::listen(address)?;
    println!("listening on {}", listener.local_addr()?);
    let config = Config::new().max_message(16 * 1024);
    let app = move |request: &mut Request| match request.raw_path() {
        "/" => Response::html(PAGE),
        "/chat" => {
            let (outboxes, publisher) = (outboxes.clone(), publisher.clone());
            config.upgrade(request, move |ws| welcome(ws, &outboxes, &publisher))
        }
        _ => Response::text("no such page\n").with_status(404),
    };
    Server::new(app).serve(listener)
}

/// Passes what is said anywhere on to those who are here.
fn distribute(subscriber: &mut Redis, outboxes: &Outboxes) -> io::Result<()> {
    loop {
        // The kind of message, the channel, and what was published: "id name\ntext".
        let [_, _, said] = &subscriber.reply()?[..] else { continue };
        let Some((who, text)) = said.split_once('\n') else { continue };
        let Some((id, name)) = who.split_once(' ') else { continue };
        for (own, outbox) in &*outboxes.borrow() {
            let is_own = id == own.to_string();
            let who = if is_own { "you said" } else { &format!("{name} says") };
            let _ = outbox.try_put(format!("{who}: {text}"));
        }
    }
}

fn welcome(ws: &WebSocket, outboxes: &Outboxes, publisher: &Mutex<Redis>) -> io::Result<()> {
    let id = RandomState::new().hash_one(0);
    let mut name = format!("{id:x}");
    ws.send(format!("Connected as {name}, change it with 'name: Ann'"))?;
    let outbox = Queue::new(Some(MOST_LINES));
    outboxes.borrow_mut().insert(id, outbox.clone());
    let (sender, lines) = (ws.clone(), outbox.clone());
    spawn_n(move || drop(lines.iter().try_for_each(|line| sender.send(line))));

    let result = ws.messages().try_for_each(|message| {
        let mut text = message.text().unwrap_or("(bytes)").to_owned();
        if let Some(new) = text.strip_prefix("name:").map(str::trim) {
            let old = std::mem::replace(&mut name, new.replace('\n', " "));
            text = format!("Changed name from {old}");
        }
        // Others who speak at this moment wait for their turn.
        let mut redis = publisher.lock().unwrap();
        redis.ask(&["PUBLISH", CHANNEL, &format!("{id} {name}\n{text}")]).map(drop)
    });
    outboxes.borrow_mut().remove(&id);
    outbox.shutdown();
    result
}

/// A connection to Redis: <https://redis.io/docs/latest/develop/reference/protocol-spec/>.
struct Redis(BufReader<TcpStream>);

impl Redis {
    fn connect(address: &str) -> io::Result<Self> {
        Ok(Redis(BufReader::new(TcpStream::connect(address)?)))
    }

    fn ask(&mut self, words: &[&str]) -> io::Result<Vec<String>> {
        let mut command = format!("*{}\r\n", words.len());
        words.iter().for_each(|word| command += &format!("${}\r\n{word}\r\n", word.len()));
        self.0.get_mut().write_all(command.as_bytes())?;
        self.reply()
    }

    /// All strings and numbers of an answer.
    fn reply(&mut self) -> io::Result<Vec<String>> {
        let mut line = String::new();
        if self.0.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let rest = line[1..].trim_end();
        let number = || rest.parse::<usize>().map_err(io::Error::other);
        match line.as_bytes()[0] {
            b'*' => (0..number()?).try_fold(Vec::new(), |all, _| Ok([all, self.reply()?].concat())),
            b'$' => {
                let mut text = vec![0; number()? + 2];
                self.0.read_exact(&mut text)?;
                text.truncate(text.len() - 2);
                Ok(vec![String::from_utf8_lossy(&text).into_owned()])
            }
            b'-' => Err(io::Error::other(rest.to_owned())),
            _ => Ok(vec![rest.to_owned()]),
        }
    }
}
