//! Standard input without a buffer, read so that neither the hub nor another process is disturbed.
//!
//! Its flags are left alone, since descriptor 0 is shared with whoever started this process. What
//! can be waited for is read when it is ready, and no more than is there at once. Where the system
//! cannot be asked for that (terminals, disks, Linux before 6.4 and other systems) a thread of the
//! pool reads.

use std::collections::VecDeque;
use std::io::{self, IoSliceMut, Read};

use crate::greenio::{
    AtOnce, Direction, is_stdin_on_disk, move_at_once, read_at_once, read_stdin, stdin_fd,
};
use crate::oslock::{Mutex, MutexGuard};
use crate::tpool;

/// A call on the pool reads no more.
const READ_AT_MOST: usize = 64 * 1024;

/// What threads of the pool have read, most often for who is about to take it, but perhaps for
/// someone who was killed meanwhile: then it is the next one's. Locked by a thread of the pool for
/// as long as it reads, so that nothing overtakes what it reads.
static UNCLAIMED: Mutex<VecDeque<u8>> = Mutex::new(VecDeque::new());

/// Descriptor 0. One that is closed is at its end, as in std.
pub(super) struct RawStdin;

impl Read for RawStdin {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match read(buf) {
            Err(error) if error.raw_os_error() == Some(libc::EBADF) => Ok(0),
            other => other,
        }
    }
}

fn read(buf: &mut [u8]) -> io::Result<usize> {
    match UNCLAIMED.try_lock() {
        Some(unclaimed) if unclaimed.is_empty() => {}
        Some(unclaimed) => return claim(unclaimed, buf),
        None => return read_on_pool(buf),
    }
    if is_stdin_on_disk()? {
        return read_on_pool(buf);
    }
    let read = || read_at_once(stdin_fd(), &mut [IoSliceMut::new(buf)], None);
    match move_at_once(stdin_fd(), Direction::Read, read)? {
        AtOnce::Moved(n_read) => Ok(n_read),
        // Another process may take what was there. Then a thread of the pool waits for more.
        AtOnce::Ready | AtOnce::Ordinary => read_on_pool(buf),
    }
}

fn read_on_pool(buf: &mut [u8]) -> io::Result<usize> {
    let wanted = buf.len().min(READ_AT_MOST);
    tpool::off_hub(move || {
        let mut unclaimed = unclaimed();
        if unclaimed.is_empty() {
            let mut bytes = vec![0; wanted];
            let n_read = read_stdin(&mut bytes)?;
            unclaimed.extend(&bytes[..n_read]);
        }
        Ok::<_, io::Error>(())
    })?;
    claim(unclaimed(), buf)
}

fn unclaimed() -> MutexGuard<'static, VecDeque<u8>> {
    UNCLAIMED.lock()
}

fn claim(mut unclaimed: MutexGuard<'_, VecDeque<u8>>, buf: &mut [u8]) -> io::Result<usize> {
    unclaimed.read(buf)
}
