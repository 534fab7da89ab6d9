//! The `Date` of responses, made once a second.

use std::cell::RefCell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::hub::{self, Time};

thread_local! {
    static DATE: RefCell<Date> = const { RefCell::new(Date::UNKNOWN) };
}

struct Date {
    line: Line,
    /// Which hub's clock tells how long that is right.
    hub: u64,
    until: Time,
}

/// The header with the end of the line before it. All dates are of the same length.
type Line = [u8; NAME.len() + "Sun, 06 Nov 1994 08:49:37 GMT".len()];

const NAME: &str = "\r\nDate: ";

/// Begins a line with the header and its value.
pub(super) fn append(out: &mut Vec<u8>, capitalize: bool) {
    DATE.with_borrow_mut(|date| {
        let (hub, now) = hub::with(|hub| (hub.id, hub.about_now()));
        if now >= date.until || hub != date.hub {
            *date = Date::read(hub, now);
        }
        let start = out.len();
        out.extend_from_slice(&date.line);
        if !capitalize {
            out[start..start + NAME.len()].make_ascii_lowercase();
        }
    });
}

impl Date {
    const UNKNOWN: Date = Date { line: [0; size_of::<Line>()], hub: 0, until: Time::START };

    fn read(hub: u64, now: Time) -> Self {
        let date = SystemTime::now().max(UNIX_EPOCH);
        let of_second = date.duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
        let text = format!("{NAME}{}", httpdate::fmt_http_date(date));
        let line = text.as_bytes().try_into().expect("all dates are of the same length");
        let left = Duration::from_secs(1) - Duration::from_nanos(of_second.into());
        Date { line, hub, until: now.after(left) }
    }
}
