//! A chat: every line that someone sends goes to all the others.
//! Run: `cargo run --example chat_server [ADDRESS]`; 127.0.0.1:3000 if not told.
//! Poke: `nc 127.0.0.1 3000` in several terminals; stop one with ^Z and let another one talk.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::mem;
use std::net::{Shutdown, SocketAddr};
use std::rc::Rc;

use eventlet::green::net::TcpStream;

const LONGEST_LINE: u64 = 4096;

/// Who lets this much pile up without reading it is thrown out.
const LARGEST_OUTBOX: usize = 256 * 1024;

/// One OS thread runs all of this, and green threads change only where they wait. So the room
/// needs no lock, only care not to wait while it is borrowed.
type Room = Rc<RefCell<BTreeMap<SocketAddr, Rc<Participant>>>>;

struct Participant {
    stream: TcpStream,
    /// What is still to be sent, so that nobody has to wait for a slow reader.
    outbox: RefCell<String>,
    /// Whether a green thread is sending the outbox, which keeps lines whole and in order.
    is_sending: Cell<bool>,
}

fn main() -> io::Result<()> {
    let address = env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = eventlet::listen(address)?;
    println!("listening on {}", listener.local_addr()?);
    let room = Room::default();
    eventlet::serve(listener, move |stream, from| {
        let participant = Rc::new(Participant {
            stream,
            outbox: RefCell::default(),
            is_sending: Cell::new(false),
        });
        room.borrow_mut().insert(from, participant.clone());
        tell_others(&room, from, "joins");
        let end = listen_to(&participant, &room, from);
        room.borrow_mut().remove(&from);
        match end {
            Ok(()) => tell_others(&room, from, "leaves"),
            Err(error) => tell_others(&room, from, &format!("is gone: {error}")),
        }
    })
}

fn listen_to(participant: &Participant, room: &Room, from: SocketAddr) -> io::Result<()> {
    let mut reader = BufReader::new(&participant.stream);
    let mut line = Vec::new();
    while reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? > 0 {
        tell_others(room, from, &format!("says: {}", String::from_utf8_lossy(&line).trim_end()));
        line.clear();
    }
    Ok(())
}

fn tell_others(room: &Room, from: SocketAddr, text: &str) {
    for (address, participant) in room.borrow().iter() {
        if *address != from {
            participant.tell(&format!("{from} {text}\n"));
        }
    }
}

impl Participant {
    /// Never waits: a green thread of its own sends what is in the outbox.
    fn tell(self: &Rc<Self>, line: &str) {
        let mut outbox = self.outbox.borrow_mut();
        outbox.push_str(line);
        if outbox.len() > LARGEST_OUTBOX {
            // Whoever reads from this participant, or writes to it, gets an end or an error.
            let _ = self.stream.shutdown(Shutdown::Both);
        } else if !self.is_sending.replace(true) {
            let participant = self.clone();
            eventlet::spawn_n(move || participant.send_outbox());
        }
    }

    fn send_outbox(&self) {
        while !self.outbox.borrow().is_empty() {
            let text = mem::take(&mut *self.outbox.borrow_mut());
            if (&self.stream).write_all(text.as_bytes()).is_err() {
                // The participant's reader notices too, and takes it out of the room.
                let _ = self.stream.shutdown(Shutdown::Both);
            }
        }
        self.is_sending.set(false);
    }
}
