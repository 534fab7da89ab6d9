//! What the paths ask for.

use std::io::{self, Write};
use std::thread;
use std::time::Duration;

use crate::request::Request;

/// What becomes of the connection after an answer.
pub enum Next {
    /// It is kept for another request.
    Request,
    /// It is closed.
    Close,
    /// Nothing comes any more, until the client closes it.
    Hang,
    /// It is reset.
    Reset,
}

/// Answers a request:
///
/// - `/slow/MILLIS/…` is the path itself, after a delay;
/// - `/chunked/MILLIS/…` is the same in three pieces, with the delay before each;
/// - `/echo` is what was sent;
/// - `/status/CODE` has that status;
/// - `/partial` breaks off in the middle, `/stuck` hangs there;
/// - `/close`, `/reset` and `/hang` do so instead of answering.
pub fn answer(request: &Request, stream: &mut impl Write) -> io::Result<Next> {
    let mut words = request.path.split('/').skip(1);
    let (word, argument) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let delay = Duration::from_millis(argument.parse().unwrap_or(0));
    let path = request.path.as_bytes();
    match word {
        "slow" => {
            thread::sleep(delay);
            whole(stream, "200", path)?;
        }
        "chunked" => chunked(stream, delay, path)?,
        "echo" => whole(stream, "200", &request.body)?,
        "status" => whole(stream, argument, path)?,
        "partial" => {
            half(stream)?;
            return Ok(Next::Close);
        }
        "stuck" => {
            half(stream)?;
            return Ok(Next::Hang);
        }
        "close" => return Ok(Next::Close),
        "reset" => return Ok(Next::Reset),
        "hang" => return Ok(Next::Hang),
        _ => whole(stream, "404", b"")?,
    }
    Ok(Next::Request)
}

fn whole(stream: &mut impl Write, status: &str, body: &[u8]) -> io::Result<()> {
    let head = format!("HTTP/1.1 {status} Told\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat())?;
    stream.flush()
}

/// Half of what is announced.
fn half(stream: &mut impl Write) -> io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 Told\r\nContent-Length: 8\r\n\r\nhalf")?;
    stream.flush()
}

fn chunked(stream: &mut impl Write, delay: Duration, body: &[u8]) -> io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 Told\r\nTransfer-Encoding: chunked\r\n\r\n")?;
    for piece in body.chunks(body.len().div_ceil(3)) {
        thread::sleep(delay);
        stream.write_all(format!("{:x}\r\n", piece.len()).as_bytes())?;
        stream.write_all(&[piece, b"\r\n"].concat())?;
        stream.flush()?;
    }
    stream.write_all(b"0\r\n\r\n")?;
    stream.flush()
}
