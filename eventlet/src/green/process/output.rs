//! Reading both of a child's pipes at once.

use std::io;

use crate::green::pipe_end::ReadEnd;
use crate::greenio::{Pauses, lacks_descriptors};
use crate::hub::{self, Hub, Time};
use crate::hubs::{PollFd, poll};

/// So much is read at a time.
const CHUNK: usize = 64 * 1024;

/// Reads pipes to their ends, whichever has something. One that is not there is empty.
pub(super) fn read_all(ends: [Option<ReadEnd>; 2]) -> io::Result<[Vec<u8>; 2]> {
    let mut pipes = ends.map(Pipe::new);
    let mut chunk = vec![0; CHUNK];
    let mut pauses = None;
    loop {
        hub::with(|hub: &Hub| hub.count_io_call(true));
        let mut is_to_wait = true;
        for pipe in &mut pipes {
            is_to_wait &= !pipe.read_some(&mut chunk)?;
        }
        let mut open: Vec<_> = pipes.iter().filter_map(|pipe| pipe.end.as_ref()).collect();
        match &mut open[..] {
            [] => return Ok(pipes.map(|pipe| pipe.bytes)),
            _ if !is_to_wait => {}
            open => {
                let mut fds: Vec<_> = open.iter().map(|end| PollFd::read(*end)).collect();
                match poll(&mut fds, None) {
                    Err(error) if lacks_descriptors(&error) => {
                        pauses.get_or_insert_with(|| Pauses::new(Time::NEVER)).pause()?;
                    }
                    Err(error) => return Err(error),
                    Ok(_) => pauses = None,
                }
            }
        }
    }
}

/// A pipe that is being read.
struct Pipe {
    /// None when it has come to its end.
    end: Option<ReadEnd>,
    bytes: Vec<u8>,
}

impl Pipe {
    fn new(end: Option<ReadEnd>) -> Self {
        if let Some(end) = &end {
            end.set_nonblocking(true);
        }
        Pipe { end, bytes: Vec::new() }
    }

    /// Reads what is there, up to a chunk; says false if there is nothing yet.
    fn read_some(&mut self, chunk: &mut [u8]) -> io::Result<bool> {
        let Some(end) = &self.end else { return Ok(false) };
        match end.read(chunk) {
            Ok(0) => self.end = None,
            Ok(n) => self.bytes.extend_from_slice(&chunk[..n]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(false),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        Ok(true)
    }
}
