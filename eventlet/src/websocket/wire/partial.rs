//! A message of which not everything has arrived.

use super::frame::{Fault, Limits};
use crate::websocket::Message;

/// Room that is made for a message when it begins. It gets more as bytes arrive, not as they are
/// announced.
const FIRST_ROOM: usize = 16 * 1024;

pub(super) struct Partial {
    pub(super) bytes: Vec<u8>,
    is_text: bool,
    /// How much of a text is known to be UTF-8.
    checked: usize,
}

impl Partial {
    pub(super) fn new(is_text: bool) -> Self {
        Partial { bytes: Vec::new(), is_text, checked: 0 }
    }

    /// Hears that a frame of so many bytes is to come.
    pub(super) fn expect(&mut self, n: usize, limits: Limits) -> Result<(), Fault> {
        let limit = limits.message;
        if n > limit.saturating_sub(self.bytes.len()) {
            let length = self.bytes.len().saturating_add(n);
            return Err(Fault::too_big(format!(
                "a message of at least {length} bytes is above the limit of {limit} bytes"
            )));
        }
        self.bytes.reserve(n.min(FIRST_ROOM));
        Ok(())
    }

    /// Looks at what is new, so that a text that is none is refused before its end.
    pub(super) fn check(&mut self) -> Result<(), Fault> {
        if !self.is_text {
            return Ok(());
        }
        match std::str::from_utf8(&self.bytes[self.checked..]) {
            Ok(_) => self.checked = self.bytes.len(),
            Err(error) if error.error_len().is_none() => self.checked += error.valid_up_to(),
            Err(_) => return Err(not_utf8()),
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Message, Fault> {
        if !self.is_text {
            return Ok(Message::Binary(self.bytes));
        }
        String::from_utf8(self.bytes).map(Message::Text).map_err(|_| not_utf8())
    }
}

fn not_utf8() -> Fault {
    Fault::text("a text is not UTF-8")
}
