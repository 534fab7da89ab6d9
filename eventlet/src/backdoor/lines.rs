//! What a client types, line by line: whatever bytes it sends, and however many.

use std::io::{self, Read};
use std::mem;

/// A line may have so many bytes.
pub(super) const LONGEST: usize = 4096;

/// The byte that telnet's commands begin with.
const IAC: u8 = 255;
/// What is typed to end the input.
const END_OF_INPUT: u8 = 4;

/// What comes next.
#[derive(PartialEq, Eq, Debug)]
pub(super) enum Line {
    Text(String),
    /// It had more bytes than [`LONGEST`], and is gone.
    TooLong,
    /// There are no more.
    End,
}

/// Reads lines. It keeps no more than one of them, and what was read together with its end.
pub(super) struct Lines {
    /// What was read last.
    chunk: [u8; 512],
    /// How much of it there is, and how much of that has been looked at.
    filled: usize,
    looked_at: usize,
    /// What there is of the line.
    line: Vec<u8>,
    is_too_long: bool,
    /// The last byte was a carriage return: a zero after it ends the line, which is telnet's way.
    is_after_return: bool,
    telnet: Telnet,
}

/// Where in one of telnet's commands the input is.
#[derive(Clone, Copy)]
enum Telnet {
    /// In none.
    Text,
    /// Behind the byte that it begins with.
    Command,
    /// Before the option that is asked for or refused.
    Option,
    /// In the details of an option.
    Details,
    /// In them, behind the byte that may end them.
    DetailsCommand,
}

impl Telnet {
    /// Takes the next byte; gives it back if it is text.
    fn take(&mut self, byte: u8) -> Option<u8> {
        let (next, text) = match (*self, byte) {
            (Telnet::Text, IAC) => (Telnet::Command, None),
            (Telnet::Text, _) => (Telnet::Text, Some(byte)),
            (Telnet::Command, IAC) => (Telnet::Text, Some(IAC)),
            // Will, won't, do, don't.
            (Telnet::Command, 251..=254) => (Telnet::Option, None),
            (Telnet::Command, 250) => (Telnet::Details, None),
            (Telnet::Command | Telnet::Option, _) => (Telnet::Text, None),
            (Telnet::Details, IAC) => (Telnet::DetailsCommand, None),
            (Telnet::DetailsCommand, 240) => (Telnet::Text, None),
            (Telnet::Details | Telnet::DetailsCommand, _) => (Telnet::Details, None),
        };
        *self = next;
        text
    }
}

impl Lines {
    pub(super) fn new() -> Self {
        Lines {
            chunk: [0; 512],
            filled: 0,
            looked_at: 0,
            line: Vec::new(),
            is_too_long: false,
            is_after_return: false,
            telnet: Telnet::Text,
        }
    }

    /// The next line, without its end.
    pub(super) fn next(&mut self, input: &mut impl Read) -> io::Result<Line> {
        loop {
            while self.looked_at < self.filled {
                let byte = self.chunk[self.looked_at];
                self.looked_at += 1;
                if let Some(byte) = self.telnet.take(byte)
                    && let Some(line) = self.add(byte)
                {
                    return Ok(line);
                }
            }
            self.looked_at = 0;
            self.filled = match input.read(&mut self.chunk) {
                Ok(0) => return Ok(self.last()),
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
                Err(error) => return Err(error),
            };
        }
    }

    /// Adds a byte; returns what it completes.
    fn add(&mut self, byte: u8) -> Option<Line> {
        let was_after_return = mem::replace(&mut self.is_after_return, byte == b'\r');
        match byte {
            b'\n' => return Some(self.finish()),
            0 if was_after_return => return Some(self.finish()),
            b'\r' => return None,
            END_OF_INPUT if self.line.is_empty() && !self.is_too_long => return Some(Line::End),
            _ => {}
        }
        if self.line.len() < LONGEST {
            self.line.push(byte);
        } else {
            self.is_too_long = true;
        }
        None
    }

    /// What there is when the input ends: the last line may lack its end.
    fn last(&mut self) -> Line {
        self.filled = 0;
        if self.line.is_empty() { Line::End } else { self.finish() }
    }

    fn finish(&mut self) -> Line {
        let line = mem::take(&mut self.line);
        if mem::take(&mut self.is_too_long) {
            return Line::TooLong;
        }
        Line::Text(String::from_utf8_lossy(&line).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives out a few bytes at a time, as a network may.
    struct Dribble<'a>(&'a [u8], usize);

    impl Read for Dribble<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let (now, later) = self.0.split_at(self.1.min(self.0.len()));
            self.0 = later;
            buffer[..now.len()].copy_from_slice(now);
            Ok(now.len())
        }
    }

    fn lines(input: &[u8]) -> Vec<Line> {
        let read = |step| {
            let (mut input, mut lines) = (Dribble(input, step), Lines::new());
            let mut all = Vec::new();
            loop {
                match lines.next(&mut input).unwrap() {
                    Line::End => return all,
                    line => all.push(line),
                }
            }
        };
        let all = read(512);
        assert_eq!(all, read(1), "it matters how the bytes come");
        all
    }

    fn text(text: &str) -> Line {
        Line::Text(text.to_owned())
    }

    #[test]
    fn lines_may_end_in_any_way() {
        let all = lines(b"one\ntwo\r\n\r\nfour\r\0five");
        assert_eq!(all, [text("one"), text("two"), text(""), text("four"), text("five")]);
    }

    #[test]
    fn telnet_commands_are_no_text() {
        let input =
            b"\xff\xfd\x03th\xff\xfb\x18rea\xff\xfa\x18\x00xterm\n\xff\xff\xf0\xff\xf0ds\xff\xf6\n";
        assert_eq!(lines(input), [text("threads")]);
    }

    #[test]
    fn the_end_can_be_typed() {
        assert_eq!(lines(b"one\n\x04two\n"), [text("one")]);
        assert_eq!(lines(b"on\x04e\n"), [text("on\x04e")]);
    }

    #[test]
    fn a_line_that_is_too_long_is_forgotten() {
        let longest = "x".repeat(LONGEST);
        let input = format!("{longest}\n{longest}y\n{}\nshort\n", "z".repeat(1_000_000));
        let all = lines(input.as_bytes());
        assert_eq!(all, [text(&longest), Line::TooLong, Line::TooLong, text("short")]);
    }

    #[test]
    fn noise_is_text() {
        let noise: Vec<u8> = (0..=254).chain((128..255).rev()).chain(*b"\nhelp\n").collect();
        let all = lines(&noise);
        assert_eq!(all.last(), Some(&text("help")));
    }
}
