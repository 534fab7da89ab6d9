//! A chat in the browser: what someone says goes to all who are connected.
//! Run: `cargo run --example websocket_chat [ADDRESS]`; 127.0.0.1:7000 if not told.
//! Poke: open http://127.0.0.1:7000 in several tabs. `name: Ann` changes a name.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::env;
use std::io;
use std::rc::Rc;

use eventlet::http::{Request, Response, Server};
use eventlet::websocket::{CloseCode, Config, WebSocket};
use eventlet::{Queue, spawn_n};

const PAGE: &str = include_str!("pages/websocket_chat.html");

/// Who lets so many lines pile up without taking them is thrown out.
const MOST_LINES: usize = 1000;

#[derive(Default)]
struct Room {
    n_guests: Cell<u32>,
    guests: RefCell<BTreeMap<u32, Guest>>,
}

struct Guest {
    ws: WebSocket,
    /// What is still to be sent, so that nobody waits for those who are slow.
    outbox: Queue<String>,
}

fn main() -> io::Result<()> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7000".to_owned());
    let listener = eventlet::listen(address)?;
    println!("listening on {}", listener.local_addr()?);

    let room = Rc::new(Room::default());
    let config = Config::new().max_message(16 * 1024);
    let app = move |request: &mut Request| match request.raw_path() {
        "/" => Response::html(PAGE),
        "/chat" => {
            let room = room.clone();
            config.upgrade(request, move |ws| room.welcome(ws))
        }
        _ => Response::text("no such page\n").with_status(404),
    };
    Server::new(app).serve(listener)
}

impl Room {
    fn welcome(&self, ws: &WebSocket) {
        self.n_guests.set(self.n_guests.get() + 1);
        let id = self.n_guests.get();
        let outbox = Queue::new(Some(MOST_LINES));
        let guest = Guest { ws: ws.clone(), outbox: outbox.clone() };
        self.guests.borrow_mut().insert(id, guest);
        let (sender, lines) = (ws.clone(), outbox.clone());
        spawn_n(move || drop(lines.iter().try_for_each(|line| sender.send(line))));

        let mut name = format!("Guest {id}");
        self.say(&format!("{name} has joined"));
        for message in ws {
            let Some(text) = message.text() else {
                ws.close(CloseCode::UNSUPPORTED, "this is a chat of texts");
                break;
            };
            match text.strip_prefix("name:").map(str::trim) {
                Some("") => {}
                Some(new) => {
                    self.say(&format!("{name} is now {new}"));
                    name = new.to_owned();
                }
                None => self.say(&format!("{name}: {text}")),
            }
        }
        self.guests.borrow_mut().remove(&id);
        outbox.shutdown();
        self.say(&format!("{name} has left"));
    }

    /// Says a line to everyone, whoever said it included.
    fn say(&self, line: &str) {
        self.guests.borrow_mut().retain(|_, guest| {
            let is_kept = guest.outbox.try_put(line.to_owned()).is_ok();
            if !is_kept {
                let ws = guest.ws.clone();
                spawn_n(move || ws.close(CloseCode::POLICY, "you are too slow"));
            }
            is_kept
        });
    }
}
