//! The `Date` of responses, made once a second.

use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::hub::{self, Hub};

thread_local! {
    static DATE: RefCell<Date> = const { RefCell::new(Date { at_resume: None, second: 0, text: String::new() }) };
}

struct Date {
    /// How often the hub had resumed someone when the clock was read: until it does so again, little
    /// time passes.
    at_resume: Option<u64>,
    second: u64,
    text: String,
}

/// Appends the present date, as HTTP writes it.
pub(super) fn append(out: &mut Vec<u8>) {
    DATE.with_borrow_mut(|date| {
        let n_resumes = Some(hub::with(Hub::n_resumes));
        if date.at_resume != n_resumes {
            date.at_resume = n_resumes;
            date.read_clock();
        }
        out.extend_from_slice(date.text.as_bytes());
    });
}

impl Date {
    fn read_clock(&mut self) {
        let now = SystemTime::now();
        let second = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        if second != self.second || self.text.is_empty() {
            self.second = second;
            self.text = httpdate::fmt_http_date(now.max(UNIX_EPOCH));
        }
    }
}
