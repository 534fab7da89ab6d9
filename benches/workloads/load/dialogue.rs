//! What a client says, and what must come back.

use crate::workloads::MESSAGE;

/// The exchanges on one connection, one after the other.
pub(in crate::workloads) trait Dialogue {
    /// What is to be sent now.
    fn request(&self) -> &[u8];

    /// How long the answer is; always the same.
    fn answer_len(&self) -> usize;

    /// For how many requests an exchange counts.
    fn n_answers(&self) -> u64 {
        1
    }

    /// Whether every byte of the answer is right. Goes on to the next request.
    fn accept(&mut self, answer: &[u8]) -> bool;
}

/// A message that must come back as it is.
pub(in crate::workloads) struct Echo {
    message: [u8; MESSAGE],
}

impl Echo {
    /// Every connection begins with a pattern of its own, so that answers which go to the wrong
    /// one are noticed.
    pub(in crate::workloads) fn new(index: usize) -> Self {
        Echo { message: std::array::from_fn(|byte| (index * 31 + byte * 7) as u8) }
    }
}

impl Dialogue for Echo {
    fn request(&self) -> &[u8] {
        &self.message
    }

    fn answer_len(&self) -> usize {
        MESSAGE
    }

    fn accept(&mut self, answer: &[u8]) -> bool {
        let is_right = answer == self.message;
        // A new message each time: an old one sent twice is noticed.
        for byte in &mut self.message {
            *byte = byte.wrapping_add(1);
        }
        is_right
    }
}
