//! Backdoors: clients that ask, send noise and vanish, and doors that are opened and closed.

use std::cell::Cell;
use std::rc::Rc;

use eventlet::backdoor::{Backdoor, Running};
use eventlet::sleep;
use eventlet_tests::console::{Client, Table};
use eventlet_tests::scratch::Scratch;

use super::soak::{Soak, Subject};

/// A door that is always open, and a directory for others.
pub struct Doors {
    door: Cell<Option<Running>>,
    path: std::path::PathBuf,
    n_others: Cell<usize>,
    scratch: Scratch,
}

/// All hubs are asked seldom: those that compute are waited for.
const COMMANDS: [&str; 8] =
    ["threads", "groups", "timers", "descriptors", "pools", "stacks", "help", "nap"];

fn door() -> Backdoor {
    Backdoor::new().consoles(1000).command("nap", "sleeps", |_, out| {
        sleep(eventlet_tests::ms(1));
        writeln!(out, "COMMAND  SLEPT")
    })
}

impl Doors {
    /// Opens the door.
    pub fn open() -> Self {
        let scratch = Scratch::new();
        let path = scratch.path("door");
        let door = door().listen_unix(&path).unwrap();
        Doors { door: Cell::new(Some(door)), path, n_others: Cell::new(0), scratch }
    }

    /// Opens and closes another door; its client comes and stays, or not.
    fn open_another(&self, soak: &Soak) {
        let number = self.n_others.replace(self.n_others.get() + 1);
        let path = self.scratch.path(&format!("door-{number}"));
        let door = door().listen_unix(&path).unwrap();
        let client = (soak.below(2) == 0).then(|| Client::of(&door));
        sleep(soak.short_time());
        door.close();
        assert!(!path.exists());
        drop(client);
    }
}

impl Subject for Doors {
    fn round(&self, soak: &Rc<Soak>) {
        if soak.below(5) == 0 {
            return self.open_another(soak);
        }
        let stream = eventlet::green::os::unix::net::UnixStream::connect(&self.path).unwrap();
        let mut client = Client::on(stream);
        for _ in 0..soak.below(4) {
            match soak.below(50) {
                0 => {
                    client.send(b"\xff\xfb\x01\x00\x80 threads\r\n");
                    assert!(client.read_to_prompt().starts_with("error: there is no command"));
                }
                1 => assert!(client.table("hubs").has_head()),
                _ => {
                    let answer = client.ask(COMMANDS[soak.below(COMMANDS.len())]);
                    assert!(
                        answer.starts_with("error: ") || Table::of(&answer).has_head(),
                        "{answer}"
                    );
                }
            }
        }
        if soak.below(2) == 0 {
            // It goes without reading the answer.
            client.send(b"threads\n");
        }
    }

    fn stop(&self) {
        drop(self.door.take());
    }
}
