//! The `Date` of responses, made once a second.

use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::hub::{self, Hub};

thread_local! {
    static DATE: RefCell<Date> = const { RefCell::new(Date::UNKNOWN) };
}

struct Date {
    /// How often the hub had resumed someone when the clock was read: until it does so again, little
    /// time passes.
    at_resume: Option<u64>,
    /// What `line` tells.
    second: Option<u64>,
    line: Line,
}

/// The header with the end of the line before it. All dates are of the same length.
type Line = [u8; NAME.len() + "Sun, 06 Nov 1994 08:49:37 GMT".len()];

const NAME: &str = "\r\nDate: ";

/// Begins a line with the header and its value.
pub(super) fn append(out: &mut Vec<u8>, capitalize: bool) {
    DATE.with_borrow_mut(|date| {
        let n_resumes = Some(hub::with(Hub::n_resumes));
        if date.at_resume != n_resumes {
            date.at_resume = n_resumes;
            date.read_clock();
        }
        let start = out.len();
        out.extend_from_slice(&date.line);
        if !capitalize {
            out[start..start + NAME.len()].make_ascii_lowercase();
        }
    });
}

impl Date {
    const UNKNOWN: Date = Date { at_resume: None, second: None, line: [0; size_of::<Line>()] };

    fn read_clock(&mut self) {
        let now = SystemTime::now().max(UNIX_EPOCH);
        let second = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        if self.second.replace(second) != Some(second) {
            let line = format!("{NAME}{}", httpdate::fmt_http_date(now));
            self.line.copy_from_slice(line.as_bytes());
        }
    }
}
