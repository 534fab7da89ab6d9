//! Buffers for what is received: those who wait need none.

use std::cell::RefCell;

/// How large they are: how much is asked for at once.
pub(super) const SIZE: usize = 8192;

/// How many of them are kept.
const MOST: usize = 64;

thread_local! {
    static SPARE: RefCell<Vec<Box<[u8]>>> = const { RefCell::new(Vec::new()) };
}

/// A buffer, whatever is in it.
pub(super) fn take() -> Box<[u8]> {
    let kept = SPARE.try_with(|spare| spare.borrow_mut().pop()).ok().flatten();
    kept.unwrap_or_else(|| vec![0; SIZE].into())
}

/// Keeps a buffer for the next one, unless it has grown or there are many.
pub(super) fn give_back(buffer: Box<[u8]>) {
    // At the end of an OS thread nobody needs it any more.
    let _ = SPARE.try_with(|spare| {
        let mut spare = spare.borrow_mut();
        if buffer.len() == SIZE && spare.len() < MOST {
            spare.push(buffer);
        }
    });
}
