//! `hubs::poll`: one wait for several descriptors.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::net;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use eventlet::green::io::pipe;
use eventlet::hubs::{Direction, PollFd, get_hub, poll, trampoline};
use eventlet::{debug, sleep, spawn, with_timeout};
use eventlet_tests::net::{half_green_pair, listener};
use eventlet_tests::sys::{interrupt_this_thread_often, send_urgent};
use eventlet_tests::{Log, OnDrop, check, ms, timed, yield_now};

#[test]
fn says_who_is_ready() {
    check(|| {
        let (first, _quiet) = pipe().unwrap();
        let (second, mut writer) = pipe().unwrap();
        let mut fds = [PollFd::read(&first), PollFd::read(&second), PollFd::write(&writer)];
        assert_eq!(poll(&mut fds, None).unwrap(), 1);
        assert_eq!(fds.each_ref().map(PollFd::is_ready), [false, false, true]);
        assert!(fds[2].is_writable() && !fds[2].is_readable());
        writer.write_all(b"x").unwrap();
        let mut fds = [PollFd::read(&first), PollFd::read(&second)];
        assert_eq!(poll(&mut fds, None).unwrap(), 1);
        assert_eq!(fds.each_ref().map(PollFd::is_readable), [false, true]);
    });
}

#[test]
fn others_run_while_one_waits() {
    check(|| {
        let pipes: Vec<_> = (0..50).map(|_| pipe().unwrap()).collect();
        let log = Log::new();
        let theirs = log.clone();
        let (readers, mut writers): (Vec<_>, Vec<_>) = pipes.into_iter().unzip();
        let waiting = spawn(move || {
            let mut fds: Vec<_> = readers.iter().map(PollFd::read).collect();
            assert_eq!(poll(&mut fds, None).unwrap(), 1);
            theirs.add(fds.iter().position(PollFd::is_readable).unwrap());
        });
        yield_now();
        log.add("others");
        writers[33].write_all(b"x").unwrap();
        waiting.wait().unwrap();
        assert_eq!(log.take(), "others 33");
    });
}

#[test]
fn gives_up_when_its_time_is_over() {
    check(|| {
        let (reader, _writer) = pipe().unwrap();
        let mut fds = [PollFd::read(&reader)];
        assert_eq!(timed(ms(20), || poll(&mut fds, Some(ms(20)))).unwrap(), 0);
        assert!(!fds[0].is_ready());
        debug::pause_clock();
        let before = debug::now();
        assert_eq!(poll(&mut fds, Some(Duration::from_secs(50))).unwrap(), 0);
        assert_eq!(debug::now() - before, Duration::from_secs(50));
    });
}

#[test]
fn looks_and_does_not_wait_without_time() {
    check(|| {
        let (reader, mut writer) = pipe().unwrap();
        let other = spawn(|| ());
        let mut fds = [PollFd::read(&reader)];
        assert_eq!(poll(&mut fds, Some(Duration::ZERO)).unwrap(), 0);
        writer.write_all(b"x").unwrap();
        assert_eq!(poll(&mut fds, Some(Duration::ZERO)).unwrap(), 1);
        assert!(fds[0].is_readable());
        assert!(!other.is_dead(), "nobody has run meanwhile");
        other.wait().unwrap();
    });
}

#[test]
fn without_descriptors_it_sleeps() {
    check(|| {
        debug::pause_clock();
        let before = debug::now();
        assert_eq!(poll(&mut [], Some(ms(700))).unwrap(), 0);
        assert_eq!(debug::now() - before, ms(700));
        assert_eq!(poll(&mut [], Some(Duration::ZERO)).unwrap(), 0);
    });
}

#[test]
fn a_descriptor_may_be_there_several_times() {
    check(|| {
        let (stream, mut peer) = UnixStream::pair().unwrap();
        let waiting = spawn(move || {
            let mut fds = [PollFd::read(&stream), PollFd::read(&stream)];
            let n_ready = poll(&mut fds, None).unwrap();
            (n_ready, fds.each_ref().map(PollFd::is_readable), stream)
        });
        yield_now();
        peer.write_all(b"x").unwrap();
        let (n_ready, is_readable, stream) = waiting.wait().unwrap();
        assert_eq!((n_ready, is_readable), (2, [true, true]));
        let mut fds = [PollFd::write(&stream), PollFd::read(&stream), PollFd::read_write(&stream)];
        assert_eq!(poll(&mut fds, None).unwrap(), 3);
        assert_eq!(fds.each_ref().map(PollFd::is_readable), [false, true, true]);
        assert_eq!(fds.each_ref().map(PollFd::is_writable), [true, false, true]);
    });
}

#[test]
fn a_regular_file_is_always_ready() {
    check(|| {
        let file = File::open("Cargo.toml").unwrap();
        let (reader, _writer) = pipe().unwrap();
        let mut fds = [PollFd::read(&reader), PollFd::read_write(&file)];
        assert_eq!(poll(&mut fds, None).unwrap(), 1);
        assert!(fds[1].is_readable() && fds[1].is_writable() && !fds[0].is_ready());
    });
}

#[test]
fn what_cannot_be_waited_for_is_invalid() {
    check(|| {
        let path = OpenOptions::new().read(true).custom_flags(libc::O_PATH).open("/").unwrap();
        let mut fds = [PollFd::read(&path)];
        assert_eq!(poll(&mut fds, None).unwrap(), 1);
        assert!(fds[0].is_invalid() && !fds[0].is_readable());
    });
}

#[test]
fn hang_ups_and_errors_are_told_unasked() {
    check(|| {
        let (reader, writer) = pipe().unwrap();
        let (other, mut others) = pipe().unwrap();
        drop(reader);
        drop(other);
        let mut fds = [PollFd::read(&writer)];
        assert_eq!(poll(&mut fds, None).unwrap(), 1);
        assert!(fds[0].has_error());
        assert!(others.write(b"x").is_err());

        let (reader, writer) = pipe().unwrap();
        let waiting = spawn(move || {
            let mut fds = [PollFd::read(&reader)];
            poll(&mut fds, None).unwrap();
            (fds[0].is_hung_up(), fds[0].is_readable())
        });
        yield_now();
        drop(writer);
        assert_eq!(waiting.wait().unwrap(), (true, true));
    });
}

#[test]
fn a_listener_is_readable_when_someone_comes() {
    check(|| {
        let (listener, address) = listener();
        let waiting = spawn(move || {
            assert_eq!(poll(&mut [PollFd::read(&listener)], None).unwrap(), 1);
            listener.accept().unwrap();
        });
        yield_now();
        let _client = net::TcpStream::connect(address).unwrap();
        waiting.wait().unwrap();
    });
}

/// Who reads a green socket and who polls it are told both, and neither loses the other's place.
#[test]
fn does_not_disturb_who_waits_already() {
    check(|| {
        let (mut stream, mut peer) = half_green_pair();
        let watched = stream.try_clone().unwrap();
        let reading = spawn(move || {
            let mut bytes = [0; 2];
            stream.read_exact(&mut bytes).unwrap();
            (stream, bytes)
        });
        let polling = spawn(move || poll(&mut [PollFd::read(&watched)], Some(ms(100))).unwrap());
        yield_now();
        yield_now();
        peer.write_all(b"1").unwrap();
        polling.wait().unwrap();
        peer.write_all(b"2").unwrap();
        let (_stream, bytes) = reading.wait().unwrap();
        assert_eq!(&bytes, b"12");
    });
}

#[test]
fn a_killed_one_leaves_nothing() {
    check(|| {
        let (reader, _writer) = pipe().unwrap();
        let waiting = spawn(move || poll(&mut [PollFd::read(&reader)], None).unwrap());
        yield_now();
        assert_eq!(get_hub().stats().descriptors, 1);
        waiting.kill();
        assert!(waiting.wait().is_err());
        assert_eq!((get_hub().stats().descriptors, get_hub().stats().io_waiters), (0, 0));
        let (reader, _writer) = pipe().unwrap();
        assert!(with_timeout(ms(5), || poll(&mut [PollFd::read(&reader)], None)).is_err());
        assert_eq!(get_hub().stats().descriptors, 0);
    });
}

#[test]
fn does_not_wait_while_its_caller_unwinds() {
    check(|| {
        let log = Log::new();
        let theirs = log.clone();
        let (reader, _writer) = pipe().unwrap();
        let unwinding = spawn(move || {
            let _polls = OnDrop(|| theirs.add(poll(&mut [PollFd::read(&reader)], None).is_err()));
            sleep(Duration::from_secs(3600));
        });
        yield_now();
        unwinding.kill();
        assert_eq!(log.take(), "true");
    });
}

/// A loop over what is always ready lets the others run.
#[test]
fn gives_way_every_so_often() {
    check(|| {
        let (_reader, writer) = pipe().unwrap();
        let other = spawn(|| sleep(ms(1)));
        while !other.is_dead() {
            assert_eq!(poll(&mut [PollFd::write(&writer)], None).unwrap(), 1);
        }
    });
}

/// One wait for a thousand, of which each becomes ready in its turn.
#[test]
fn waits_for_a_thousand() {
    check(|| {
        eventlet_tests::sys::allow_descriptors(4000);
        let (mut readers, mut writers): (Vec<_>, Vec<_>) =
            (0..1000).map(|_| UnixStream::pair().unwrap()).unzip();
        for n in (0..1000).step_by(97) {
            let mut writer = writers[n].try_clone().unwrap();
            let writing = spawn(move || writer.write_all(b"x").unwrap());
            let mut fds: Vec<_> = readers.iter().map(PollFd::read).collect();
            assert_eq!(poll(&mut fds, None).unwrap(), 1);
            assert_eq!(fds.iter().position(PollFd::is_ready), Some(n));
            drop(fds);
            readers[n].read_exact(&mut [0]).unwrap();
            writing.wait().unwrap();
        }
        writers.clear();
        let mut fds: Vec<_> = readers.iter().map(PollFd::read).collect();
        assert_eq!(poll(&mut fds, None).unwrap(), 1000);
        assert!(fds.iter().all(PollFd::is_readable));
    });
}

#[test]
fn urgent_data_is_told_to_who_asks() {
    check(|| {
        let (mine, theirs) = half_green_pair();
        let sending = spawn(move || {
            send_urgent(&theirs, b"!");
            theirs
        });
        let mut fds = [PollFd::urgent(&mine), PollFd::write(&mine), PollFd::read(&mine)];
        assert_eq!(poll(&mut fds[..1], None).unwrap(), 1);
        assert!(fds[0].is_urgent() && !fds[0].is_readable());
        assert_eq!(poll(&mut fds, None).unwrap(), 2);
        assert_eq!(fds.each_ref().map(PollFd::is_urgent), [true, false, false]);
        let mut theirs = sending.wait().unwrap();
        theirs.write_all(b"x").unwrap();
        assert_eq!(poll(&mut fds[2..], None).unwrap(), 1);
        assert!(fds[2].is_readable() && !fds[2].is_urgent());
    });
}

#[test]
fn a_signal_is_no_error() {
    check(|| {
        let (reader, _writer) = pipe().unwrap();
        let signals = interrupt_this_thread_often();
        for _ in 0..50_000 {
            assert_eq!(poll(&mut [PollFd::read(&reader)], Some(Duration::ZERO)).unwrap(), 0);
        }
        for _ in 0..100 {
            assert_eq!(poll(&mut [PollFd::read(&reader)], Some(ms(1))).unwrap(), 0);
            let late = trampoline(&reader, Direction::Read, Some(ms(1))).unwrap_err();
            assert_eq!(late.kind(), ErrorKind::TimedOut);
        }
        assert!(signals.stop() > 0);
    });
}

/// What comes while one looks in vain is not overlooked: someone else may have taken what came
/// before.
#[test]
fn what_comes_while_one_looks_is_seen() {
    check(|| {
        let (mine, mut theirs) = UnixStream::pair().unwrap();
        let (mut thief, (asks, asked)) = (mine.try_clone().unwrap(), mpsc::sync_channel::<()>(0));
        mine.set_nonblocking(true).unwrap();
        let thieving = thread::spawn(move || {
            for () in asked {
                // The first one is gone by the time that is told of it, or nearly so.
                theirs.write_all(b"1").unwrap();
                let _ = thief.read(&mut [0]);
                theirs.write_all(b"2").unwrap();
            }
        });
        for _ in 0..10_000 {
            asks.send(()).unwrap();
            let mut taken = [0];
            while taken != *b"2" {
                assert_eq!(poll(&mut [PollFd::read(&mine)], None).unwrap(), 1);
                let _ = (&mine).read(&mut taken);
            }
        }
        drop(asks);
        thieving.join().unwrap();
    });
}
