//! What is printed when a green thread panics, and the allocation-free text both reports share.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::panic::{self, PanicHookInfo};

use super::{ACTIVE, Control};
use crate::unwind;

/// Bytes of stack that resolving and printing a backtrace may need, with room to spare.
const NEEDED_FOR_BACKTRACE: usize = 48 * 1024;

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// Wraps the panic hook so that a panic in a green thread prints under the green thread's name.
///
/// A hook that the program has set itself is called unchanged, and one that it sets later simply
/// takes the place of this one.
pub(super) fn install_panic_hook() {
    let before = panic::take_hook();
    let default = panic::take_hook();
    // Both are std's own hook exactly if they have the same vtable: it has no state.
    #[allow(ambiguous_wide_pointer_comparisons, reason = "the vtable is what is asked for")]
    let is_default = std::ptr::eq(&raw const *before, &raw const *default);
    panic::set_hook(Box::new(move |info| on_panic(info, &before, is_default)));
}

fn on_panic(info: &PanicHookInfo<'_>, before: &Hook, is_default: bool) {
    // SAFETY: null or the control block of the running coroutine (CONTROL).
    let control = unsafe { ACTIVE.get().as_ref() };
    match control {
        _ if unwind::is_quiet() => {}
        Some(control) if is_default => print(info, control),
        _ => before(info),
    }
}

/// Prints what std prints, with the green thread's name in place of the OS thread's.
fn print(info: &PanicHookInfo<'_>, control: &Control) {
    let mut name = RawText::new();
    who(control, &mut name);
    let name = name.as_str();
    let message = info.payload_as_str().unwrap_or("Box<dyn Any>");
    let place = info.location().map_or_else(String::new, |place| format!(" at {place}"));
    // Capturing takes more stack than a small one may have left.
    let backtrace = if control.stack.bytes_left() < NEEDED_FOR_BACKTRACE {
        Backtrace::disabled()
    } else {
        Backtrace::capture()
    };
    let tail = match backtrace.status() {
        BacktraceStatus::Captured => format!("stack backtrace:\n{backtrace}"),
        _ => "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n"
            .to_owned(),
    };
    eprint!("\nthread '{name}' (green) panicked{place}:\n{message}\n{tail}");
}

/// Writes the name of the running green thread, or `green-ID` if it has none.
pub(super) fn who(control: &Control, text: &mut RawText) {
    // SAFETY: only this thread touches the cell, and not while this reads it.
    match unsafe { &*control.name.as_ptr() } {
        Some(name) => text.push(name),
        None => {
            text.push("green-");
            text.push_number(control.id.get());
        }
    }
}

/// Text put together without allocating, so that a signal handler can.
pub(super) struct RawText {
    bytes: [u8; 512],
    len: usize,
}

impl RawText {
    pub(super) fn new() -> Self {
        RawText { bytes: [0; 512], len: 0 }
    }

    /// Appends as much of `text` as there is room for, in whole characters.
    pub(super) fn push(&mut self, text: &str) {
        let room = self.bytes.len() - self.len;
        let text = &text[..text.floor_char_boundary(room)];
        self.bytes[self.len..self.len + text.len()].copy_from_slice(text.as_bytes());
        self.len += text.len();
    }

    pub(super) fn push_number(&mut self, mut number: u64) {
        let mut digits = [0; 20];
        let mut first = digits.len();
        loop {
            first -= 1;
            digits[first] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        self.push(str::from_utf8(&digits[first..]).unwrap_or("?"));
    }

    pub(super) fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[..self.len]).unwrap_or("?")
    }

    pub(super) fn write_to_stderr(&self) {
        // SAFETY: the bytes are ours; there is nothing to do about a failed write.
        unsafe { libc::write(libc::STDERR_FILENO, self.bytes.as_ptr().cast(), self.len) };
    }
}
