//! Pings, for connections that are to be known alive.

use std::rc::Rc;
use std::time::Duration;

use super::{Connection, Deadline};
use crate::websocket::{Close, Message};
use crate::with_timeout;

impl Connection {
    /// Starts the green thread that sends pings, if that was asked for.
    pub(in crate::websocket) fn keep(self: &Rc<Self>) {
        if let Some(every) = self.config.ping_every {
            let this = Rc::clone(self);
            crate::spawn_n(move || this.ping_until_over(every));
        }
    }

    fn ping_until_over(self: &Rc<Self>, every: Duration) {
        while !self.over.wait_timeout(every) {
            // What nobody receives hides the signs of life behind it.
            if !self.found.borrow().is_empty() {
                continue;
            }
            let deadline = Deadline::within(self.config.pong_within);
            let n_signs = self.n_signs.get();
            let ping = || self.send(Message::Ping(Vec::new()));
            // A failure has ended the connection; nothing was heard if the limit was reached.
            let _ = with_timeout(deadline.left(), ping);
            self.hear(n_signs, deadline);
            if self.n_signs.get() == n_signs {
                self.end(Close::lost("the peer has not answered a ping in time"));
            }
        }
    }

    /// Waits until more than `n_signs` signs of life were heard. If nobody receives it has to read
    /// itself, and keeps the message that it may meet.
    fn hear(self: &Rc<Self>, n_signs: u64, deadline: Deadline) {
        let is_heard = || self.is_over() || self.n_signs.get() != n_signs;
        while !is_heard() {
            let Some(mut turn) = self.turn_until(deadline) else { return };
            if is_heard() {
                return;
            }
            let Ok(message) = with_timeout(deadline.left(), || turn.step()) else { return };
            self.found.borrow_mut().extend(message);
        }
    }
}
