//! The body of a response.

use std::borrow::Cow;
use std::fmt;
use std::io;

use super::BodyWriter;

/// What follows the headers.
pub(in crate::http) enum Body {
    Whole(Cow<'static, [u8]>),
    Written(Write),
}

pub(super) type Write = Box<dyn FnOnce(&mut BodyWriter<'_>) -> io::Result<()>>;

impl Body {
    pub(super) fn of_text(text: Cow<'static, str>) -> Self {
        Body::Whole(match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        })
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Body::Whole(bytes) => write!(f, "{} bytes", bytes.len()),
            Body::Written(_) => f.write_str("written when it is sent"),
        }
    }
}
