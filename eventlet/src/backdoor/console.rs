//! One console: a prompt, a line, an answer, and so on.

use std::error::Error;
use std::io::{self, BufWriter, Read, Write};

use super::Backdoor;
use super::commands::{BUILT_IN, Call};
use super::lines::{LONGEST, Line, Lines};
use super::table::printable;
use crate::greenthread::Killed;
use crate::hub::{self, AlarmFired};
use crate::unwind;

const PROMPT: &str = "eventlet> ";

/// What a command returns.
pub(super) type Done = Result<(), Box<dyn Error>>;

/// Where answers go. A command's error says nothing about the connection, so this remembers.
struct Out<'a, S: Write> {
    stream: &'a mut BufWriter<S>,
    failed: bool,
}

impl<S: Write> Write for Out<'_, S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes).inspect_err(|_| self.failed = true)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush().inspect_err(|_| self.failed = true)
    }
}

/// What comes after a line.
#[derive(PartialEq, Eq)]
enum Next {
    Line,
    End,
}

/// Serves one client until it quits, goes away, or takes nothing any more.
pub(super) fn run<S: Read + Write>(door: &Backdoor, stream: S) -> io::Result<()> {
    let (mut stream, mut lines) = (BufWriter::new(stream), Lines::new());
    greet(&mut stream)?;
    loop {
        stream.write_all(PROMPT.as_bytes())?;
        stream.flush()?;
        match lines.next(stream.get_mut())? {
            Line::Text(line) => {
                if answer(door, &line, &mut stream)? == Next::End {
                    return stream.flush();
                }
            }
            Line::TooLong => writeln!(stream, "error: a line may have {LONGEST} bytes")?,
            Line::End => return Ok(()),
        }
    }
}

fn greet(out: &mut impl Write) -> io::Result<()> {
    let (version, hub) = (env!("CARGO_PKG_VERSION"), hub::with(|hub| hub.id));
    let process = std::process::id();
    writeln!(out, "eventlet {version} backdoor, process {process}, hub {hub}; try `help`")
}

fn answer<S: Write>(door: &Backdoor, line: &str, stream: &mut BufWriter<S>) -> io::Result<Next> {
    if is_http(line) {
        writeln!(stream, "error: this is no HTTP server")?;
        return Ok(Next::End);
    }
    let mut words = line.split_whitespace();
    let Some(command) = words.next() else { return Ok(Next::Line) };
    let args: Vec<&str> = words.collect();
    if command == "quit" {
        return Ok(Next::End);
    }
    let mut out = Out { stream, failed: false };
    let done = call(door, command, &args, &mut out);
    let failed = out.failed;
    match done {
        Err(error) if failed => return Err(io::Error::other(error.to_string())),
        Err(error) => writeln!(stream, "error: {}", printable(&error.to_string()))?,
        Ok(()) => {}
    }
    Ok(Next::Line)
}

fn call(door: &Backdoor, command: &str, args: &[&str], out: &mut dyn Write) -> Done {
    if let Some(built_in) = BUILT_IN.iter().find(|built_in| built_in.name == command) {
        return (built_in.run)(Call { door, args, out });
    }
    let Some(custom) = door.commands.get(command) else {
        let shown: String = command.chars().take(40).collect();
        return Err(format!("there is no command `{shown}`; try `help`").into());
    };
    match unwind::catch(|| (custom.run)(args, out)) {
        Ok(done) => done,
        Err(payload) if payload.is::<Killed>() || payload.is::<AlarmFired>() => {
            unwind::raise(payload)
        }
        Err(payload) => {
            let text = format!("the command panicked: {}", unwind::message(&*payload));
            unwind::dispose(payload);
            Err(text.into())
        }
    }
}

/// Whether a browser was tricked into sending commands: its request comes first.
fn is_http(line: &str) -> bool {
    line.ends_with(" HTTP/1.1") || line.ends_with(" HTTP/1.0") || line.starts_with("Host:")
}
