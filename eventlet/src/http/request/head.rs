//! What a request begins with: its line and its headers, kept as they came.

use std::cell::OnceCell;
use std::mem;
use std::ops::Range;

use ::http::header::HeaderName;
use ::http::{HeaderMap, HeaderValue, Method, Version};

use super::framing::Framing;
use crate::http::spare::{self, Spare};

/// What is larger than that is not kept for the next head.
const LARGE: usize = 8192;

/// For [`Head::bytes`] and [`Head::fields`].
type Memory = (Vec<u8>, Vec<(Part, Part)>);

thread_local! {
    static MEMORY: Spare<Memory> = const { Spare::new() };
}

/// A part of [`Head::bytes`].
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Part {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Part {
    fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The head of a request. One is used for all requests of a connection.
#[derive(Debug)]
pub(crate) struct Head {
    /// As received, with the empty line at its end.
    pub(super) bytes: Vec<u8>,
    pub(super) method: Method,
    pub(super) target: Part,
    pub(super) version: Version,
    /// Names and values.
    pub(super) fields: Vec<(Part, Part)>,
    pub(super) framing: Framing,
    /// Whether the client would send another request.
    pub(super) keep_alive: bool,
    /// Whether it has said so.
    pub(super) asks_to_keep_alive: bool,
    /// Whether the client waits to be told before it sends the body.
    pub(super) expects_continue: bool,
    /// Made when first asked for.
    map: OnceCell<HeaderMap>,
}

impl Head {
    pub(super) fn new() -> Self {
        Head {
            bytes: Vec::new(),
            method: Method::GET,
            target: Part::default(),
            version: Version::HTTP_11,
            fields: Vec::new(),
            framing: Framing::default(),
            keep_alive: false,
            asks_to_keep_alive: false,
            expects_continue: false,
            map: OnceCell::new(),
        }
    }

    /// Makes it the head that these bytes are.
    pub(super) fn begin(&mut self, bytes: &[u8]) {
        if self.bytes.capacity() == 0
            && let Some(memory) = spare::take(&MEMORY)
        {
            (self.bytes, self.fields) = memory;
        }
        self.bytes.clear();
        self.bytes.extend_from_slice(bytes);
        self.fields.clear();
        self.map.take();
    }

    /// Gives back its memory, since the connection may be without a request for long. It has no target
    /// and no fields after that.
    pub(super) fn shed(&mut self) {
        self.target = Part::default();
        self.map.take();
        let memory = (mem::take(&mut self.bytes), mem::take(&mut self.fields));
        if (1..=LARGE).contains(&memory.0.capacity()) {
            spare::keep(&MEMORY, memory);
        }
    }

    pub(super) fn bytes_of(&self, part: Part) -> &[u8] {
        &self.bytes[part.range()]
    }

    /// The target of the request; the parser has let nothing pass but visible ASCII.
    pub(super) fn target(&self) -> &str {
        std::str::from_utf8(self.bytes_of(self.target)).unwrap_or_default()
    }

    /// The headers in order, names as they were written.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.fields.iter().map(|&(name, value)| (self.bytes_of(name), self.bytes_of(value)))
    }

    /// The value of the first header of that name.
    pub(super) fn get(&self, name: &str) -> Option<&[u8]> {
        let mut fields = self.fields();
        fields
            .find(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()))
            .map(|(_, value)| value)
    }

    pub(super) fn map(&self) -> &HeaderMap {
        self.map.get_or_init(|| {
            let mut map = HeaderMap::with_capacity(self.fields.len());
            for (name, value) in self.fields() {
                // The parser has accepted them.
                if let (Ok(name), Ok(value)) =
                    (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
                {
                    map.append(name, value);
                }
            }
            map
        })
    }
}
