//! The handshake at the end.

use std::rc::Rc;

use super::{Connection, Deadline};
use crate::websocket::{Close, CloseCode};
use crate::with_timeout;

impl Connection {
    /// Says goodbye and waits for the peer's goodbye. What comes before that is thrown away, unless
    /// somebody receives it.
    pub(in crate::websocket) fn close(self: &Rc<Self>, close: &Close) {
        if self.is_over() {
            return;
        }
        let deadline = Deadline::within(self.config.close_within);
        self.say_goodbye(close, deadline);
        if let Some(mut turn) = self.turn_until(deadline) {
            let until_over = || {
                while !self.is_over() {
                    let _not_wanted = turn.step();
                }
            };
            // That it took too long is said below.
            let _ = with_timeout(deadline.left(), until_over);
        }
        self.end(Close::lost("the peer has not answered the close frame in time"));
    }

    /// Says goodbye without waiting for anything, because whoever used the connection is killed.
    pub(in crate::websocket) fn abandon(&self) {
        let close = Close::new(CloseCode::GOING_AWAY, "");
        self.say_goodbye(&close, Deadline::now());
        self.end(close);
    }

    /// Listens for the end of the server that it belongs to, if any.
    pub(in crate::websocket) fn heed_server(self: &Rc<Self>) {
        let this = Rc::downgrade(self);
        self.stream.on_stop(Box::new(move || {
            if let Some(this) = this.upgrade() {
                this.stop();
            }
        }));
    }

    /// Hears that the server stops: it is closed when its handler waits for the next message.
    pub(in crate::websocket) fn stop(self: &Rc<Self>) {
        self.stops.set(true);
        if self.is_idle.get() {
            let this = Rc::clone(self);
            crate::spawn_n(move || this.close(&Close::new(CloseCode::GOING_AWAY, "")));
        }
    }
}
