//! Kills and timeouts that meet green threads which read, write or wait for descriptors.

use std::cell::Cell;
use std::fmt::Debug;
use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use eventlet_monkey_tests::c;
use eventlet_tests::{ms, timed};

fn check(body: impl FnOnce()) {
    eventlet::monkey_patch();
    eventlet_tests::check(body);
}

type Call = Box<dyn FnOnce() -> Option<i32>>;

/// Descriptors that nothing ever happens to.
struct Silence {
    reader: PipeReader,
    _writer: PipeWriter,
    /// It has no room.
    full: UnixStream,
    _peer: UnixStream,
}

impl Silence {
    fn new() -> Self {
        let (reader, _writer) = io::pipe().unwrap();
        let (full, _peer) = UnixStream::pair().unwrap();
        full.set_nonblocking(true).unwrap();
        while (&full).write(&[0; 4096]).is_ok() {}
        full.set_nonblocking(false).unwrap();
        Silence { reader, _writer, full, _peer }
    }

    /// Calls that wait for ever, each of which gives the number of its error.
    fn calls(&self) -> Vec<(&'static str, Call)> {
        fn error<T: Debug>(result: io::Result<T>) -> Option<i32> {
            result.unwrap_err().raw_os_error()
        }
        let (fd, full) = (self.reader.as_raw_fd(), self.full.as_raw_fd());
        let request = c::request(&self.reader, libc::POLLIN);
        let sets = [c::set(&[fd]), c::set(&[]), c::set(&[])];
        vec![
            ("read", Box::new(move || error(c::read(fd, &mut [0])))),
            ("write", Box::new(move || error(c::write(full, &[0])))),
            ("poll", Box::new(move || error(c::poll(&mut [request], -1)))),
            ("poll nothing", Box::new(move || error(c::poll(&mut [], -1)))),
            ("select", Box::new(move || error(c::select(&mut { sets }, None)))),
        ]
    }
}

#[test]
fn a_kill_makes_the_call_fail() {
    check(|| {
        let silence = Silence::new();
        let calls = silence.calls().into_iter();
        let calls: Vec<_> = calls
            .map(|(name, call)| {
                let seen = Rc::new(Cell::new(None));
                let result = seen.clone();
                let thread = eventlet::spawn(move || {
                    result.set(call());
                    // Where the kill arrives.
                    eventlet::sleep(Duration::from_secs(100));
                });
                (name, thread, seen)
            })
            .collect();
        eventlet::sleep(ms(5));
        for (name, thread, seen) in calls {
            thread.kill();
            assert!(thread.wait().unwrap_err().is_killed(), "{name}");
            assert_eq!(seen.get(), Some(libc::ECANCELED), "{name}");
        }
    });
}

#[test]
fn a_timeout_makes_the_call_fail() {
    check(|| {
        let silence = Silence::new();
        for (name, call) in silence.calls() {
            let thread = eventlet::spawn(move || {
                let mut error = None;
                let result = timed(ms(10), || eventlet::with_timeout(ms(10), || error = call()));
                assert_eq!(error, Some(libc::ETIMEDOUT));
                result
            });
            assert!(thread.wait().unwrap().is_err(), "{name}");
        }
    });
}

#[test]
fn what_has_been_written_before_a_timeout_counts() {
    check(|| {
        let (mut reader, writer) = io::pipe().unwrap();
        let fd = writer.as_raw_fd();
        let mut n_written = 0;
        let result = eventlet::with_timeout(ms(10), || {
            n_written = c::write(fd, &[1; 1 << 20]).unwrap();
        });
        assert!(result.is_err());
        drop(writer);
        let mut received = Vec::new();
        reader.read_to_end(&mut received).unwrap();
        assert_eq!(received.len(), n_written);
        assert!(0 < n_written && n_written < 1 << 20);
    });
}
