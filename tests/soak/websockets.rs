//! WebSockets: echoes that must come back whole and in order, broken off at any point.

use std::cell::Cell;
use std::rc::Rc;

use eventlet::green::os::unix::net::UnixStream;
use eventlet::websocket::{self, CloseCode, Config, Message, WebSocket};
use eventlet::{GreenThread, spawn};
use eventlet_tests::{OnDrop, ms};

use super::soak::{Soak, Subject};

/// How many connections servers have had, and how many of these have ended.
#[derive(Default)]
pub struct WebSockets {
    n_begun: Rc<Cell<usize>>,
    n_ended: Rc<Cell<usize>>,
}

/// The message of this number, the same each time.
fn message(number: usize) -> Message {
    let length = [0, 1, 125, 126, 1000, 70_000][number % 6];
    match number % 2 {
        0 => Message::Text(format!("{number:>length$}")),
        _ => Message::Binary(vec![number as u8; length]),
    }
}

impl WebSockets {
    /// A connection to a server that sends back what it gets, until it is told to stop.
    fn connect(&self, config: Config) -> Option<WebSocket> {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let (n_begun, n_ended) = (self.n_begun.clone(), self.n_ended.clone());
        let server = move || {
            n_begun.set(n_begun.get() + 1);
            let _ended = OnDrop(|| n_ended.set(n_ended.get() + 1));
            // Whoever is killed in the middle of the handshake leaves it so.
            let Ok(ws) = config.accept(ours) else { return };
            let stopped = ws.clone();
            ws.run(|ws| {
                for message in ws {
                    if message.text() == Some("stop") {
                        stopped.stop();
                    }
                    ws.send(message)?;
                }
                std::io::Result::Ok(())
            })
            .unwrap_or_default();
        };
        spawn(server);
        websocket::client(theirs, "ws://localhost/soak").ok()
    }

    /// Sends messages beside whoever receives them, and is killed with him.
    fn send_all(ws: &WebSocket, numbers: std::ops::Range<usize>) -> GreenThread<()> {
        let ws = ws.clone();
        spawn(move || numbers.for_each(|number| ws.send(message(number)).unwrap()))
    }
}

impl Subject for WebSockets {
    fn round(&self, soak: &Rc<Soak>) {
        let config = Config::new().close_within(ms(500));
        let config = if soak.below(2) == 0 { config } else { config.ping_every(ms(1)) };
        let ws = self.connect(config).expect("the server answers");
        let numbers = soak.below(100)..soak.below(100) + 50;
        let n_numbers = numbers.len();
        let sender = Self::send_all(&ws, numbers.clone());
        let handle = sender.handle();
        let sent = OnDrop(|| handle.kill());
        let received: Vec<_> = ws.messages().take(n_numbers).collect();
        let expected: Vec<_> = numbers.map(message).collect();
        assert!(received == expected, "other messages came back: {:?}", ws.closed());
        sender.wait().unwrap();
        drop(sent);
        match soak.below(4) {
            0 => drop(ws),
            1 => {
                ws.send("stop").unwrap();
                assert_eq!(ws.recv(), Some(Message::from("stop")));
                assert_eq!(ws.recv(), None);
                assert_eq!(ws.closed().unwrap().code, CloseCode::GOING_AWAY);
            }
            _ => {
                ws.close(CloseCode(4000), "enough");
                assert_eq!(ws.closed().unwrap().to_string(), "4000 (enough)");
            }
        }
    }

    fn verify(&self) {
        assert!(self.n_begun.get() > 0);
        assert_eq!(self.n_begun.get(), self.n_ended.get(), "connections are left");
    }
}
