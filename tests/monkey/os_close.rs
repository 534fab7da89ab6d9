//! Closing and replacing what green threads wait for.

use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use eventlet::GreenThread;
use eventlet_monkey_tests::c;
use eventlet_tests::sys;

fn check(body: impl FnOnce()) {
    eventlet::monkey_patch();
    eventlet_tests::check(body);
}

/// The error number of a read that another green thread now waits in.
fn read_error(fd: RawFd) -> GreenThread<Option<i32>> {
    let read = eventlet::spawn(move || c::read(fd, &mut [0]).unwrap_err().raw_os_error());
    eventlet::sleep(Duration::ZERO);
    assert!(!read.is_dead());
    read
}

#[test]
fn closing_ends_waits() {
    check(|| {
        let (reader, _writer) = io::pipe().unwrap();
        let reads: Vec<_> = (0..3).map(|_| read_error(reader.as_raw_fd())).collect();
        drop(reader);
        for read in reads {
            assert_eq!(read.wait().unwrap(), Some(libc::EBADF));
        }
        let (socket, _peer) = UnixStream::pair().unwrap();
        let read = read_error(socket.as_raw_fd());
        drop(socket);
        assert_eq!(read.wait().unwrap(), Some(libc::EBADF));
    });
}

#[test]
fn closing_ends_writes_with_what_they_have_written() {
    check(|| {
        let (_reader, writer) = io::pipe().unwrap();
        let fd = writer.as_raw_fd();
        let first = eventlet::spawn(move || c::write(fd, &[0; 1 << 20]).unwrap());
        eventlet::sleep(Duration::ZERO);
        let second = eventlet::spawn(move || c::write(fd, &[0]).unwrap_err().raw_os_error());
        eventlet::sleep(Duration::ZERO);
        drop(writer);
        assert!((1..1 << 20).contains(&first.wait().unwrap()));
        assert_eq!(second.wait().unwrap(), Some(libc::EBADF));
    });
}

#[test]
fn an_os_thread_closes() {
    check(|| {
        let (reader, _writer) = io::pipe().unwrap();
        let read = read_error(reader.as_raw_fd());
        thread::spawn(move || drop(reader)).join().unwrap();
        assert_eq!(read.wait().unwrap(), Some(libc::EBADF));
    });
}

#[test]
fn another_hub_closes() {
    check(|| {
        let (reader, _writer) = io::pipe().unwrap();
        let fd = reader.as_raw_fd();
        // Both hubs wait for it.
        let (sender, waiting) = mpsc::channel();
        let (closed, is_closed) = mpsc::channel();
        let other = thread::spawn(move || {
            let read = read_error(fd);
            sender.send(()).unwrap();
            let () = is_closed.recv().unwrap();
            drop(reader);
            assert_eq!(read.wait().unwrap(), Some(libc::EBADF));
        });
        let read = read_error(fd);
        waiting.recv().unwrap();
        closed.send(()).unwrap();
        assert_eq!(read.wait().unwrap(), Some(libc::EBADF));
        other.join().unwrap();
    });
}

#[test]
fn another_file_takes_the_place() {
    check(|| {
        let (reader, _writer) = io::pipe().unwrap();
        let (mut other, mut other_writer) = io::pipe().unwrap();
        other_writer.write_all(b"other").unwrap();
        let read = read_error(reader.as_raw_fd());
        c::dup2(&other, reader.as_raw_fd()).unwrap();
        // It does not get what was not for it.
        assert_eq!(read.wait().unwrap(), Some(libc::EBADF));
        let mut text = [0; 5];
        other.read_exact(&mut text).unwrap();
        assert_eq!(text, *b"other");
    });
}

#[test]
fn what_fails_to_replace_ends_no_wait() {
    check(|| {
        let (reader, mut writer) = io::pipe().unwrap();
        let fd = reader.as_raw_fd();
        let read = eventlet::spawn(move || c::read(fd, &mut [0]).unwrap());
        eventlet::sleep(Duration::ZERO);
        assert_eq!(c::dup2(&-1, fd).unwrap_err().raw_os_error(), Some(libc::EBADF));
        c::dup2(&reader, fd).unwrap();
        writer.write_all(b"x").unwrap();
        assert_eq!(read.wait().unwrap(), 1);
    });
}

#[test]
fn a_range_is_closed() {
    eventlet_tests::child::alone(|| {
        check(|| {
            let pipes: Vec<_> = (0..8).map(|_| io::pipe().unwrap()).collect();
            let (mut readers, writers): (Vec<_>, Vec<_>) = pipes.into_iter().unzip();
            // They are high up, where nothing else is.
            let place = |i| 500 + i;
            for (i, reader) in readers.drain(..).enumerate() {
                c::dup2(&reader, place(i as RawFd)).unwrap();
            }
            let reads: Vec<_> = (0..8).map(|i| read_error(place(i))).collect();
            c::close_range(place(0), place(6)).unwrap();
            let mut reads = reads.into_iter();
            for read in reads.by_ref().take(7) {
                assert_eq!(read.wait().unwrap(), Some(libc::EBADF));
            }
            let last = reads.next().unwrap();
            assert!(!last.is_dead());
            c::close(place(7)).unwrap();
            assert_eq!(last.wait().unwrap(), Some(libc::EBADF));
            drop(writers);
        });
    });
}

/// A pipe whose reader has this number alone, which is so high that nothing else gets it.
fn pipe_at(place: RawFd) -> io::PipeWriter {
    let (reader, writer) = io::pipe().unwrap();
    c::dup2(&reader, place).unwrap();
    writer
}

#[test]
fn a_number_is_used_again_at_once() {
    const PLACE: RawFd = 600;
    check(|| {
        for _ in 0..100 {
            let _old = pipe_at(PLACE);
            let old = read_error(PLACE);
            c::close(PLACE).unwrap();
            let mut writer = pipe_at(PLACE);
            // Before the one that waits for the old file has heard of its end.
            let read = eventlet::spawn(move || c::read(PLACE, &mut [0]).unwrap());
            eventlet::sleep(Duration::ZERO);
            writer.write_all(b"x").unwrap();
            assert_eq!((old.wait().unwrap(), read.wait().unwrap()), (Some(libc::EBADF), 1));
        }
        c::close(PLACE).unwrap();
    });
}

#[test]
fn a_number_that_an_os_thread_has_closed_is_used_again_at_once() {
    const PLACE: RawFd = 601;
    check(|| {
        for _ in 0..100 {
            let _old = pipe_at(PLACE);
            let old = read_error(PLACE);
            let other = thread::spawn(move || {
                c::close(PLACE).unwrap();
                pipe_at(PLACE)
            });
            let mut writer = join_without_hub(other);
            // This hub has been told of the close, and has not looked yet.
            let read = eventlet::spawn(move || c::read(PLACE, &mut [0]).unwrap());
            let write = eventlet::spawn(move || {
                eventlet::sleep(Duration::from_millis(1));
                writer.write_all(b"x").unwrap();
            });
            assert_eq!((old.wait().unwrap(), read.wait().unwrap()), (Some(libc::EBADF), 1));
            write.wait().unwrap();
        }
        c::close(PLACE).unwrap();
    });
}

/// Waits for an OS thread without letting others run.
fn join_without_hub<T>(thread: thread::JoinHandle<T>) -> T {
    while !thread.is_finished() {
        std::hint::spin_loop();
    }
    thread.join().unwrap()
}

#[test]
fn what_is_closed_unseen_is_not_mixed_up_with_what_comes_after() {
    const PLACE: RawFd = 602;
    check(|| {
        for _ in 0..20 {
            let (socket, _peer) = UnixStream::pair().unwrap();
            socket.set_read_timeout(Some(Duration::from_millis(1))).unwrap();
            c::dup2(&socket, PLACE).unwrap();
            assert!(c::read(PLACE, &mut [0]).is_err());
            c::close_unseen(PLACE);
            let mut writer = pipe_at(PLACE);
            let read = eventlet::spawn(move || c::read(PLACE, &mut [0]).unwrap());
            eventlet::sleep(Duration::ZERO);
            writer.write_all(b"x").unwrap();
            assert_eq!(read.wait().unwrap(), 1);
            c::close(PLACE).unwrap();
        }
    });
}

#[test]
fn a_forked_child_closes_its_own() {
    check(|| {
        let (reader, mut writer) = io::pipe().unwrap();
        let fd = reader.as_raw_fd();
        let read = eventlet::spawn(move || c::read(fd, &mut [0]).unwrap());
        eventlet::sleep(Duration::ZERO);
        let status =
            sys::in_fork(|| i32::from(c::close(fd).is_err() || c::read(fd, &mut [0]).is_ok()));
        assert_eq!(status, 0);
        eventlet::sleep(Duration::ZERO);
        assert!(!read.is_dead());
        writer.write_all(b"x").unwrap();
        assert_eq!(read.wait().unwrap(), 1);
    });
}

#[test]
fn a_child_that_shares_memory_closes_its_own() {
    check(|| {
        let (reader, mut writer) = io::pipe().unwrap();
        let fd = reader.as_raw_fd();
        let read = eventlet::spawn(move || c::read(fd, &mut [0]).unwrap());
        eventlet::sleep(Duration::ZERO);
        c::close_in_vfork(fd);
        eventlet::sleep(Duration::ZERO);
        assert!(!read.is_dead());
        writer.write_all(b"x").unwrap();
        assert_eq!(read.wait().unwrap(), 1);
    });
}
